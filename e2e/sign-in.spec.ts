import { expect, test } from "@playwright/test";
import { settings } from "./settings";
import { signIn } from "./sign-in";

test("a wrong password says so and keeps the e-mail address", async ({ page }) => {
  await page.goto("/sign-in");
  await page.getByLabel("E-mail").fill(settings.email);
  await page.getByLabel("Password", { exact: true }).fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "do not belong together" })).toBeVisible();
  await expect(page.getByLabel("E-mail")).toHaveValue(settings.email);
});

test("after signing in one is where one wanted to go, and signing out ends it", async ({ page }) => {
  await signIn(page, "/templates");
  await expect(page).toHaveURL(/\/templates$/);
  await expect(page.getByRole("heading", { name: "Templates" })).toBeVisible();
  await page.getByRole("button", { name: /Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.waitForURL(/\/sign-in/);
  await page.goto("/runs");
  await expect(page).toHaveURL(/\/sign-in\?callbackUrl=%2Fruns/);
});

test("a callback to another site leads home", async ({ page }) => {
  await page.goto(`/sign-in?callbackUrl=${encodeURIComponent("//evil.example/x")}`);
  await page.getByLabel("E-mail").fill(settings.email);
  await page.getByLabel("Password", { exact: true }).fill(settings.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname === "/runs");
  expect(new URL(page.url()).origin).toBe(new URL(settings.url).origin);
});
