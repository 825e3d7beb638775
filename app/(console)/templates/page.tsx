import type { Metadata } from "next";
import { readForPage } from "../../components/trpc/server-caller";
import { TemplatesView } from "./templates-view";

export const metadata: Metadata = { title: "Templates" };

/** The team's templates. */
export default async function TemplatesPage() {
  const templates = await readForPage("/templates", (caller) => caller.screens.templates());
  return <TemplatesView first={templates} />;
}
