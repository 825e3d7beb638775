import { expect, type Page } from "@playwright/test";
import { settings } from "./settings";

/** Signs in by the form and waits until the page that was asked for is live. */
export async function signIn(
  page: Page,
  path = "/runs",
  person: { email: string; password: string } = settings,
): Promise<void> {
  await page.goto(path);
  await expect(page).toHaveURL(/\/sign-in/);
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname !== "/sign-in");
  // The page comes ready from the server; before it is live it does not listen to keys yet.
  await expect(page.locator('[data-connection="live"]')).toBeVisible({ timeout: 15_000 });
}
