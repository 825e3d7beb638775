import { expect, test } from "@playwright/test";
import { createRun } from "./rest";
import { signIn } from "./sign-in";

test("a run can be found, dispatched and read without a mouse", async ({ page }) => {
  const run = await createRun("by keys", { only: { run: "echo typed, not clicked" } }, { title: "By keys alone" });
  await signIn(page, "/templates");
  await expect(page.getByRole("heading", { name: "Templates" })).toBeVisible();
  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await page.waitForURL(/\/runs$/);
  await expect(page.locator(`[data-run="${run.number}"]`)).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForURL(new RegExp(`/runs/${run.number}$`));

  await expect(page.getByRole("button", { name: /Dispatch next: only/ })).toBeVisible();
  await page.keyboard.press("d");
  await expect(page.locator('h1 >> xpath=.. >> [data-status="success"]')).toBeVisible({ timeout: 20_000 });
  await page.keyboard.press("2");
  await page.keyboard.press("j");
  await expect(page.locator('[data-drawer="only"]')).toBeVisible();
  await expect(page.getByRole("log")).toContainText("typed, not clicked");
  await page.keyboard.press("4");
  await expect(page.getByText("The run succeeded")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.locator('[data-drawer="only"]')).toBeHidden();
});

test("keys do nothing while somebody types, or when they are switched off", async ({ page }) => {
  await signIn(page);
  await expect(page.getByRole("heading", { name: "Runs" })).toBeVisible();
  await page.keyboard.press("c");
  const title = page.getByLabel("Title");
  await title.fill("");
  await title.pressSequentially("c?gr");
  await expect(title).toHaveValue("c?gr");
  await page.keyboard.press("Escape");

  await page.keyboard.press("?");
  await page.getByRole("switch", { name: "Single-key shortcuts" }).click();
  await page.keyboard.press("Escape");
  await page.keyboard.press("c");
  await expect(page.getByRole("dialog")).toBeHidden();
});
