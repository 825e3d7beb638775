import { expect, type Page, test } from "@playwright/test";
import { addForeignToken, addPerson } from "./people";
import { createRun, readTasks, rest } from "./rest";
import { settings } from "./settings";
import { signIn } from "./sign-in";

test("a viewer sees everything, and every button says why it is not for viewers", async ({ page }) => {
  const run = await createRun("look only", { step: { run: "true" } });
  await signIn(page, `/runs/${run.number}`, await addPerson("viewer", "ours"));
  const dispatch = page.getByRole("button", { name: /Dispatch next/ });
  await expect(dispatch).toBeDisabled();
  await expect(dispatch).toHaveAttribute("title", /Your role is viewer/);
  await expect(page.getByRole("button", { name: /Abort/ })).toBeDisabled();
  await page.keyboard.press("d");

  const answer = await trpc(page, "runs.dispatchReady", { runId: run.id, request: {} });
  expect(answer.status).toBe(403);
  expect((await readTasks(run.id)).step?.status).toBe("created");
});

test("another team finds nothing: by page, tRPC, REST and stream", async ({ page }) => {
  const run = await createRun("ours alone", { step: { run: "true" } });
  const { step } = await readTasks(run.id);
  await signIn(page, "/runs", await addPerson("owner", "another"));
  await expect(page.getByText("No runs yet")).toBeVisible();

  const response = await page.goto(`/runs/${run.number}`);
  expect(response?.status()).toBe(404);
  await expect(page.getByText("There is nothing here")).toBeVisible();

  for (const [procedure, input] of [
    ["runs.dispatchReady", { runId: run.id, request: {} }],
    ["runs.abort", { runId: run.id }],
    ["tasks.cancel", { taskId: step?.id }],
  ] as const)
    expect((await trpc(page, procedure, input)).status, procedure).toBe(404);
  for (const [procedure, input] of [
    ["screens.runTasks", { runId: run.id }],
    ["screens.task", { taskId: step?.id }],
    ["screens.log", { taskId: step?.id }],
    ["screens.run", { number: run.number }],
  ] as const)
    expect((await trpcQuery(page, procedure, input)).status, procedure).toBe(404);

  const headers = { authorization: `Bearer ${await addForeignToken()}` };
  for (const path of ["", "/tasks", "/plan", "/events", "/stream"])
    expect((await fetch(`${settings.url}/api/v1/workflow-runs/${run.id}${path}`, { headers })).status, path).toBe(404);
  const live = await trpcQuery(page, "live.changes", { runId: run.id });
  expect(live.status).not.toBe(500);
  expect(live.body).not.toContain("ours alone");
});

test("without a session there is no page, no call and no stream", async ({ page }) => {
  const run = await createRun("closed", { step: { run: "true" } });
  await page.goto(`/runs/${run.number}`);
  await expect(page).toHaveURL(/\/sign-in\?callbackUrl=/);
  expect((await trpcQuery(page, "screens.runTasks", { runId: run.id })).status).toBe(401);
  expect((await fetch(`${settings.url}/api/v1/workflow-runs/${run.id}`)).status).toBe(401);
  await expect(rest("GET", `/api/v1/workflow-runs/${run.id}`, undefined, "not-a-token-at-all")).rejects.toThrow(/401/);
});

/** Calls a mutation as the page's own scripts do. */
function trpc(page: Page, procedure: string, input: unknown): Promise<{ status: number }> {
  return page.evaluate(
    async ([name, json]) => {
      const headers = { "content-type": "application/json" };
      const { status } = await fetch(`/api/trpc/${name}`, { method: "POST", headers, body: JSON.stringify({ json }) });
      return { status };
    },
    [procedure, input] as const,
  );
}

function trpcQuery(page: Page, procedure: string, input: unknown): Promise<{ status: number; body: string }> {
  return page.evaluate(
    async ([name, json]) => {
      const response = await fetch(`/api/trpc/${name}?input=${encodeURIComponent(JSON.stringify({ json }))}`);
      return { status: response.status, body: await response.text() };
    },
    [procedure, input] as const,
  );
}
