import type { RunSummary } from "@/server/read/run-summary";
import { LOOKS, runDisplayStatus } from "../../../components/status/display-status";
import { doneOf, totalOf } from "../../../components/status/segments";

/** The document's title: "7/132 Running · nightly #12". */
export function runTitle(run: RunSummary): string {
  const word = LOOKS[runDisplayStatus(run.status, run.settled)].word;
  const progress =
    run.status === "running" || run.status === "created" ? `${doneOf(run.counts)}/${totalOf(run.counts)} ` : "";
  return `${progress}${word} · ${run.title} #${run.number}`;
}
