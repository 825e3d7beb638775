"use client";
import { LOOKS, runDisplayStatus } from "../../../../components/status/display-status";
import { useRun } from "../run-context";

/** Tells screen readers, politely, when the run's status changes. */
export function Announcer() {
  const text = useRun(({ run }) => {
    const { word } = LOOKS[runDisplayStatus(run.status, run.settled)];
    const failed = run.counts.failed + run.counts["submit-failed"];
    return `Run ${run.number} ${word}${failed > 0 ? `, ${failed} failed` : ""}`;
  });
  return (
    <p role="status" className="sr-only">
      {text}
    </p>
  );
}
