import { existsSync } from "node:fs";
import { defineConfig, devices } from "@playwright/test";

// An installed Chromium where there is one, else Playwright's own download. `npm test` looks for the same.
const installed = [process.env.PLAYWRIGHT_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser"].find(
  (file) => file !== undefined && existsSync(file),
);
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];

export default defineConfig({
  testDir: "e2e",
  testMatch: "**/*.spec.ts",
  timeout: 90_000,
  // One real server and one runner for all of them.
  workers: 1,
  fullyParallel: false,
  forbidOnly: process.env.CI !== undefined,
  retries: 0,
  globalTimeout: 8 * 60_000,
  reporter: [["list"], ["json", { outputFile: "test-results/e2e.json" }]],
  use: {
    ...devices["Desktop Chrome"],
    // `npm test` starts the server and says where; by hand: start one with `npm start` and set E2E_URL if it is elsewhere.
    baseURL: process.env.E2E_URL ?? "http://127.0.0.1:3000",
    trace: "retain-on-failure",
    launchOptions: installed === undefined ? {} : { executablePath: installed, args: flags },
  },
});
