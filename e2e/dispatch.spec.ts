import { expect, test } from "@playwright/test";
import { createRun } from "./rest";
import { signIn } from "./sign-in";

test("a template is run from the list and succeeds before one's eyes", async ({ page }) => {
  await signIn(page);
  await page
    .getByRole("button", { name: /New run/ })
    .first()
    .click();
  const dialog = page.getByRole("dialog", { name: "New run" });
  await dialog.getByLabel("Template").selectOption({ label: "hello" });
  await dialog.getByText("Auto", { exact: true }).click();
  await dialog.getByRole("button", { name: "Create run" }).click();
  await page.waitForURL(/\/runs\/\d+$/);
  await expect(page.locator("h1")).toContainText("hello");
  await expect(page.locator('[data-status="success"]').first()).toBeVisible({ timeout: 30_000 });
  await expect(page.locator('[data-node][data-s="success"]')).toHaveCount(4);
  await expect(page).toHaveTitle(/^Succeeded/);
});

test("the second step refuses to be dispatched until the first has succeeded", async ({ page }) => {
  const run = await createRun("two steps", {
    first: { run: "sleep 2; echo first" },
    second: { needs: ["first"], run: "echo second" },
  });
  await signIn(page, `/runs/${run.number}`);
  await page.getByRole("button", { name: /Dispatch next: first/ }).click();
  const answer = page.getByRole("status", { name: "Answer to the dispatch" });
  await expect(answer).toContainText("Dispatched first.");
  await expect(answer.locator("[data-dispatch-payload]")).toContainText('"dispatched": true');

  await page.getByRole("button", { name: /^Dispatch next/ }).click();
  await expect(answer).toContainText("Nothing was dispatched: dependencies not satisfied.");

  await expect(page.locator('[data-s="success"]').filter({ hasText: "first" })).toBeVisible({ timeout: 20_000 });
  await page.getByRole("button", { name: /Dispatch next: second/ }).click();
  await expect(answer).toContainText("Dispatched second.");
  await expect(page.locator('h1 >> xpath=.. >> [data-status="success"]')).toBeVisible({ timeout: 20_000 });
  await expect(page).toHaveTitle(/^Succeeded/);
});

test("a failing step turns the run failed and what stands behind it is blocked", async ({ page }) => {
  const run = await createRun(
    "one fails",
    {
      breaks: { run: "echo about to break; exit 7" },
      behind: { needs: ["breaks"], run: "true" },
      beside: { run: "true" },
    },
    { dispatch: "auto" },
  );
  await signIn(page, `/runs/${run.number}`);
  await expect(page.locator('h1 >> xpath=.. >> [data-status="failed"]')).toBeVisible({ timeout: 20_000 });
  await expect(page.locator('[data-s="failed"]')).toContainText("exit 7");
  await expect(page.locator('[data-s="blocked"]')).toContainText("behind");
  await expect(page.locator('[data-s="success"]')).toContainText("beside");

  await page.keyboard.press("f");
  await expect(page.locator('[data-drawer="breaks"]')).toContainText(/exit 7/i);
  await expect(page.getByRole("log")).toContainText("about to break");
});

test("auto dispatch can be switched on in the middle of a run", async ({ page }) => {
  const run = await createRun("switched", { one: { run: "true" }, two: { needs: ["one"], run: "true" } });
  await signIn(page, `/runs/${run.number}`);
  await page.getByRole("switch", { name: "Auto-dispatch" }).click();
  await expect(page.locator('h1 >> xpath=.. >> [data-status="success"]')).toBeVisible({ timeout: 20_000 });
});
