import path from "node:path";
import { defineConfig } from "vitest/config";

const resolve = {
  alias: {
    "@": path.resolve(import.meta.dirname),
    "server-only": path.resolve(import.meta.dirname, "server/testing/empty.ts"),
  },
};
// An odd time zone for the whole suite: nothing may depend on the machine's.
const env = { TZ: "Asia/Kathmandu" };
const onDatabase = {
  globalSetup: "./server/testing/global-setup.ts",
  setupFiles: ["./server/testing/worker-db.ts"],
  pool: "forks" as const,
  testTimeout: 60_000,
  hookTimeout: 60_000,
  env,
};
// They start the whole product and need no database of the suite's.
const REAL_PROCESSES = "server/testing/torture/system/**/*.test.ts";

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        resolve,
        test: {
          name: "unit",
          env,
          // A busy machine can be ten times slower.
          testTimeout: 60_000,
          include: ["server/core/**/*.test.ts", "app/**/*.test.ts", "bench/*.test.ts"],
        },
      },
      {
        resolve,
        test: {
          name: "db",
          include: ["server/{engine,read,db,testing}/**/*.test.ts"],
          exclude: [REAL_PROCESSES],
          ...onDatabase,
        },
      },
      { resolve, test: { name: "api", include: ["server/{api,auth}/**/*.test.ts"], ...onDatabase } },
      {
        resolve,
        test: { name: "runner", env, testTimeout: 60_000, include: ["runner/**/*.test.ts"], pool: "forks" },
      },
      {
        resolve,
        test: {
          name: "start",
          env,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          include: ["server/start/**/*.test.ts", REAL_PROCESSES],
          pool: "forks",
        },
      },
    ],
  },
});
