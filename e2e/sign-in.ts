import { expect, type Page } from "@playwright/test";
import { settings } from "./settings";

/** Signs in by the form and waits for the page that was asked for. */
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
}
