import type { Metadata } from "next";
import { readForPage } from "../../components/trpc/server-caller";
import { RunsView } from "./runs-view";

export const metadata: Metadata = { title: "Runs" };

/** The team's runs, newest first. */
export default async function RunsPage() {
  const first = await readForPage("/runs", (caller) => caller.screens.runs({ limit: 50 }));
  return <RunsView first={first} />;
}
