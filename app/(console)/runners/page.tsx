import type { Metadata } from "next";
import { headers } from "next/headers";
import { readForPage } from "../../components/trpc/server-caller";
import { RunnersView } from "./runners-view";

export const metadata: Metadata = { title: "Runners" };

/** The team's runners. */
export default async function RunnersPage() {
  const runners = await readForPage("/runners", (caller) => caller.screens.runners());
  const asked = await headers();
  const host = asked.get("x-forwarded-host") ?? asked.get("host") ?? "localhost:3000";
  const url = process.env.SWITCHYARD_PUBLIC_URL ?? `${asked.get("x-forwarded-proto") ?? "http"}://${host}`;
  return <RunnersView first={runners} url={url} />;
}
