import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { readForPage } from "../../../components/trpc/server-caller";
import { RunGraph } from "./graph/run-graph";
import { readSelection } from "./read-selection";
import { runTitle } from "./run-title";
import { RunView } from "./run-view";

interface PageProps {
  params: Promise<{ number: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** The head and the graph of a run come with the page; its tasks, events and logs follow on their own. */
export default async function RunPage(props: PageProps) {
  const number = await runNumber(props.params);
  const page = await readForPage(`/runs/${number}`, (caller) => caller.screens.run({ number }));
  const search = await props.searchParams;
  const selection = readSelection({ get: (name) => (typeof search[name] === "string" ? search[name] : null) });
  return <RunView key={page.run.id} page={page} initialSelection={selection} graph={<RunGraph run={page.run} />} />;
}

/** The title says how the run stands before it says which run it is. */
export async function generateMetadata(props: PageProps): Promise<Metadata> {
  const number = await runNumber(props.params);
  const { run } = await readForPage(`/runs/${number}`, (caller) => caller.screens.run({ number }));
  return { title: { absolute: runTitle(run) } };
}

async function runNumber(params: PageProps["params"]): Promise<number> {
  const { number } = await params;
  if (!/^[1-9]\d{0,9}$/.test(number)) notFound();
  return Number(number);
}
