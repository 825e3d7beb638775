import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { embeddedPostgres } from "./embedded-postgres.mjs";
import { readPostmaster } from "./postmaster.mjs";
import { groupsUnder, isZombie } from "./process-table.mjs";

const root = mkdtempSync(path.join(os.tmpdir(), "switchyard-postgres-"));
const dir = path.join(root, "postgres");
const data = path.join(dir, "data");
const postgres = embeddedPostgres(dir);

beforeAll(async () => {
  await postgres.start();
});

afterAll(async () => {
  await postgres.stop();
  rmSync(root, { recursive: true, force: true });
});

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function postmasterPid(): number {
  const pid = readPostmaster(data)?.pid;
  if (pid === undefined) throw new Error("PostgreSQL does not run");
  return pid;
}

test("the product owns its database and is no superuser", async () => {
  const [row] = await query(
    postgres.url(),
    `SELECT current_user AS "user", current_database() AS "database", rolsuper AS "isSuper",
            pg_get_userbyid(datdba) AS "owner", current_setting('server_version_num')::int / 10000 AS "version"
     FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()`,
  );
  expect(row).toEqual({ user: "switchyard", database: "switchyard", isSuper: false, owner: "switchyard", version: 18 });
});

test("without the password nobody gets in, and only the owner can read it", async () => {
  const url = new URL(postgres.url());
  url.password = "wrong";
  await expect(query(url.toString(), "SELECT 1")).rejects.toThrow(/password authentication failed/);
  for (const name of ["postgres-password", "switchyard-password"])
    expect(statSync(path.join(dir, name)).mode & 0o777).toBe(0o600);
});

test("a second start finds it running", async () => {
  const pid = postmasterPid();
  await postgres.start();
  expect(postmasterPid()).toBe(pid);
});

test("after a stop it comes back on the same port with its data", async () => {
  const url = postgres.url();
  await query(url, "CREATE TABLE kept (n int)");
  await postgres.stop();
  expect(postgres.isRunning()).toBe(false);
  await postgres.start();
  expect(postgres.url()).toBe(url);
  expect(await query(url, "SELECT count(*)::int AS n FROM kept")).toEqual([{ n: 0 }]);
});

test("after a kill -9 it comes back on the same port with its data", async () => {
  const url = postgres.url();
  await query(url, "CREATE TABLE survived AS SELECT 1 AS n");
  process.kill(postmasterPid(), "SIGKILL");
  await vi.waitFor(async () => expect(postgres.isRunning()).toBe(false), { timeout: 10_000 });
  await postgres.start();
  expect(postgres.url()).toBe(url);
  expect(await query(url, "SELECT n FROM survived")).toEqual([{ n: 1 }]);
});

test.runIf(process.platform === "linux")(
  "a killed daemon that nobody collects is not taken for a running one",
  async () => {
    await query(postgres.url(), "CREATE TABLE outlived AS SELECT 1 AS n");
    await postgres.stop();
    // A parent that never collects its children: its `sleep` becomes a zombie that the pid file then names.
    const neglectful = spawn("sh", ["-c", "sleep 0 & echo $!; exec sleep 600"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    try {
      const zombie = await new Promise<number>((resolve) =>
        neglectful.stdout.once("data", (text) => resolve(Number(text))),
      );
      await vi.waitFor(() => expect(isZombie(zombie)).toBe(true), { timeout: 10_000 });
      const port = readFileSync(path.join(dir, "port"), "utf8").trim();
      writeFileSync(
        path.join(data, "postmaster.pid"),
        `${zombie}\n${data}\n1700000000\n${port}\n\n127.0.0.1\n  1 1\nready   \n`,
        { mode: 0o600 },
      );
      expect(postgres.isRunning()).toBe(false);
      await postgres.start();
      expect(postmasterPid()).not.toBe(zombie);
      expect(await query(postgres.url(), "SELECT n FROM outlived")).toEqual([{ n: 1 }]);
    } finally {
      neglectful.kill("SIGKILL");
    }
  },
);

test("it is in a process group of its own, out of reach of the terminal's Ctrl-C", () => {
  expect(groupsUnder(postmasterPid())).not.toContain([...groupsUnder(process.pid)][0]);
});
