import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { createRun, readLog, readRun, readTasks, rest } from "./rest";
import { signIn } from "./sign-in";

/** The server for these tests is started with a grace of 2 s; two more are for the way. */
const GRACE_AND_2_S = 4_000;

test("aborting ends a step's whole process group within grace + 2 s", async ({ page }) => {
  const run = await createRun("sleeper", {
    sleeps: { run: "sleep 1000 & echo grandchild $!; echo leader $$; wait" },
    later: { needs: ["sleeps"], run: "true" },
  });
  await signIn(page, `/runs/${run.number}`);
  await page.getByRole("button", { name: /Dispatch next: sleeps/ }).click();
  await expect(page.locator('[data-s="running"]')).toContainText("sleeps", { timeout: 20_000 });
  const { sleeps } = await readTasks(run.id);
  await expect.poll(() => readLog(sleeps?.id ?? ""), { timeout: 10_000 }).toMatch(/leader \d+/);
  const log = await readLog(sleeps?.id ?? "");
  const pids = [...log.matchAll(/(?:grandchild|leader) (\d+)/g)].map((match) => Number(match[1]));
  expect(pids.filter(isAlive)).toHaveLength(2);

  await page.getByRole("button", { name: /Abort/ }).click();
  const dialog = page.getByRole("alertdialog");
  await expect(dialog).toContainText("1 task on runners gets SIGTERM");
  await expect(dialog).toContainText("1 task will never be dispatched");
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  await dialog.getByRole("button", { name: "Abort run" }).click();

  await expect(page.locator('h1 >> xpath=.. >> [data-status="aborted"]')).toBeVisible();
  await expect.poll(() => pids.filter(isAlive), { timeout: GRACE_AND_2_S }).toHaveLength(0);
  await expect(page.locator('[data-s="canceled"]')).toHaveCount(2, { timeout: 10_000 });
});

test("a report that comes after the abort does not move the run", async () => {
  const label = `late-${randomUUID().slice(0, 8)}`;
  const runner = await rest<{ token: string }>("POST", "/api/v1/runners", { name: label });
  const run = await createRun("late", { work: { run: "true", "runs-on": [label] } }, { dispatch: "auto" });
  const sync = (body: object) =>
    rest<{ assignments: { attempt_id: string }[]; reports: { accepted: boolean }[] }>(
      "POST",
      "/api/runner/sync",
      { runner: { labels: [label], slots: 1 }, free_slots: 1, ...body },
      runner.token,
    );
  const { assignments } = await sync({ wait_ms: 10_000 });
  const attempt = assignments[0]?.attempt_id ?? "";
  await sync({
    reports: [{ attempt_id: attempt, status: "running" }],
    held: [{ attempt_id: attempt, status: "running" }],
  });
  await rest("POST", `/api/v1/workflow-runs/${run.id}/abort`, {});
  expect((await readRun(run.id)).status).toBe("aborted");

  const late = await sync({ reports: [{ attempt_id: attempt, status: "success", exit_code: 0 }] });
  expect(late.reports[0]?.accepted).toBe(true);
  expect((await readTasks(run.id)).work?.status).toBe("success");
  expect((await readRun(run.id)).status).toBe("aborted");
});

/** Whether a process exists and is more than a zombie. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    // No /proc on this system: the signal has told what can be known.
    return true;
  }
}
