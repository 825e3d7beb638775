import { tracked } from "@trpc/server";
import { z } from "zod";
import { countFailures } from "../../core/rollup";
import { AppError } from "../../errors";
import { isVisible } from "../../read/is-visible";
import { type RunChanges, readRunChanges } from "../../read/run-changes";
import { liveSignal } from "../live-signal";
import { afterNumber } from "../schemas";
import { procedureWith, router } from "./init";
import { Wakes } from "./wakes";

/** What an open page hears: that something of the team changed, or what changed in the run it shows. */
export type LiveMessage = { kind: "team" } | { kind: "run"; changes: RunChanges };

/** At most ten messages a second; what happens in between is merged. */
const PAUSE_MS = 100;
/** A wake is a hint: look anyway so often. */
const LOOK_MS = 5_000;

export const liveRouter = router({
  /** One stream a page. It goes on after `lastEventId`, the number of the run's event that was seen last. */
  changes: procedureWith("team.read")
    .input(
      z.object({
        runId: z.uuid().nullish(),
        after: afterNumber.default(0),
        lastEventId: z.string().max(20).nullish(),
      }),
    )
    .subscription(async function* ({ ctx, input, signal }) {
      const { teamId } = ctx.session;
      const { pool, bus } = ctx.engine;
      const runId = input.runId ?? null;
      if (runId && !(await isVisible(pool, { subject: "run", id: runId, teamId })))
        throw new AppError("not_found", "There is no such run.");
      const seen = afterNumber.safeParse(Number(input.lastEventId ?? Number.NaN));
      let after = seen.success && seen.data > input.after ? seen.data : input.after;
      const mayStillLook = async () => (await ctx.renewSession())?.teamId === teamId;
      const live = liveSignal(ctx.engine, { viewer: signal, mayStillLook });
      const team = `team:${teamId}`;
      const wakes = new Wakes(bus, live.signal, runId ? [team, `run:${runId}`] : [team]);
      try {
        let failures: number | null = null;
        let woken = new Set<string>();
        while (!live.signal.aborted) {
          const changes = runId ? await readRunChanges(pool, { teamId, runId, after, failures }) : null;
          if (changes) {
            after = changes.eventNumber;
            failures = countFailures(changes.run.counts);
            const message: LiveMessage = { kind: "run", changes };
            yield tracked(String(after), message);
          }
          if (woken.has(team)) {
            const message: LiveMessage = { kind: "team" };
            yield tracked(String(after), message);
          }
          await wakes.pause(PAUSE_MS);
          woken = await wakes.next(LOOK_MS);
        }
      } finally {
        wakes.close();
        live.close();
      }
    }),
});
