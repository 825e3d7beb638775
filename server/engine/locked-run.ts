import type { RunDraft } from "../core/run-draft";
import { AppError } from "../errors";

/** The one run that was to be locked; `not_found` where it is not there or another team's. */
export function lockedRun(drafts: RunDraft[]): RunDraft {
  const [draft] = drafts;
  if (!draft) throw new AppError("not_found", "There is no such run");
  return draft;
}
