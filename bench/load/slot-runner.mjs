import { RawConnection } from "./raw-connection.mjs";

const WAIT_MS = 20_000;

/**
 * A runner with many slots for tasks that do nothing: each sync reports what the one before it brought as a success, and
 * asks for as many again. No `running` report comes first, which the protocol allows: started is then finished.
 * @param {{ port: number, token: string, slots: number }} given
 */
export function slotRunner({ port, token, slots }) {
  const connection = new RawConnection({ port, token });
  const runner = { instance_id: `slots-${Date.now()}`, version: "bench", os: "linux", arch: "x64", slots };
  const sync = async (/** @type {object} */ request) => {
    const { status, body } = await connection.post("/api/runner/sync", { runner, held: [], ...request });
    if (status !== 200) throw new Error(`sync: ${status} ${body.slice(0, 300)}`);
    return JSON.parse(body);
  };
  return {
    sync,
    close: () => connection.close(),
    /**
     * Works until `count` tasks have ended; returns how many milliseconds it took from the first request to the answer
     * that took the last report.
     * @param {number} count
     */
    async work(count) {
      const start = performance.now();
      /** @type {object[]} */
      let reports = [];
      for (let done = 0; done < count; ) {
        const answer = await sync({ reports, free_slots: slots, wait_ms: WAIT_MS });
        const refused = answer.reports.find((/** @type {{ accepted: boolean }} */ report) => !report.accepted);
        if (refused) throw new Error(`a report was refused: ${JSON.stringify(refused)}`);
        done += reports.length;
        reports = answer.assignments.map((/** @type {{ attempt_id: string }} */ work) => ({
          attempt_id: work.attempt_id,
          status: "success",
          at: new Date().toISOString(),
          exit_code: 0,
        }));
      }
      return performance.now() - start;
    },
  };
}
