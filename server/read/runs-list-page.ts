import type { Queryable } from "../db/pool";
import { type RunSummary, readRunSummaries } from "./run-summary";

export interface RunsListPage {
  runs: RunSummary[];
  /** Give it back to read the page after this one; null at the end. */
  nextBefore: number | null;
}

/** One page of the runs list, newest first. */
export async function readRunsListPage(
  db: Queryable,
  page: { teamId: string; before: number | null; limit: number },
): Promise<RunsListPage> {
  const runs = await readRunSummaries(db, { ...page, limit: page.limit + 1 });
  const shown = runs.slice(0, page.limit);
  return { runs: shown, nextBefore: runs.length > page.limit ? (shown.at(-1)?.number ?? null) : null };
}
