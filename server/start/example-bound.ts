import { depthsOf } from "../core/workflow-graph";
import type { TimedStep } from "./wf-format";

export interface Bound {
  criticalPath: number;
  work: number;
  /** No schedule on so many slots can be shorter; without slots only the critical path counts. */
  seconds: number;
}

/** The shortest time in which the steps can be done on so many slots: max(critical path, work / slots). */
export function lowerBound(steps: readonly TimedStep[], slots: number | null): Bound {
  const depths = depthsOf(new Map(steps.map((step) => [step.key, step.needs])));
  const ends = new Map<string, number>();
  let criticalPath = 0;
  let work = 0;
  for (const step of steps.toSorted((a, b) => (depths.get(a.key) ?? 0) - (depths.get(b.key) ?? 0))) {
    const start = step.needs.reduce((latest, need) => Math.max(latest, ends.get(need) ?? 0), 0);
    ends.set(step.key, start + step.seconds);
    criticalPath = Math.max(criticalPath, start + step.seconds);
    work += step.seconds;
  }
  return { criticalPath, work, seconds: Math.max(criticalPath, slots === null ? 0 : work / slots) };
}
