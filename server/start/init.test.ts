import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { verifyPassword } from "../auth/password";
import { hashToken } from "../auth/token-text";
import { parseWorkflow } from "../core/workflow-format";
import { migrate } from "../db/migrate";
import { createPool, type Pool } from "../db/pool";
import { embeddedPostgres } from "./embedded-postgres.mjs";
import { createAccess } from "./init-access";
import { withRepository } from "./init-examples";

const root = mkdtempSync(path.join(os.tmpdir(), "switchyard-init-"));
const postgres = embeddedPostgres(path.join(root, "postgres"));
const nothing = { adminEmail: null, adminPassword: null, apiTokens: [], runners: [] };
const named = {
  adminEmail: "Ada@Example.com",
  adminPassword: "correct horse",
  apiTokens: [{ name: "init", token: "an-api-token-of-mine" }],
  runners: [{ name: "init", token: "a-runner-token-of-mine" }],
};
let pool: Pool;

beforeAll(async () => {
  await postgres.start();
  await migrate(postgres.url());
  pool = createPool(postgres.url(), 4);
});

afterAll(async () => {
  await pool.end();
  await postgres.stop();
  rmSync(root, { recursive: true, force: true });
});

/** Everything that the start has created, as text to compare. */
async function contents(): Promise<string> {
  const tables = ["team", "app_user", "member", "api_token", "runner"];
  const rows = await Promise.all(tables.map(async (table) => (await pool.query(`SELECT * FROM ${table}`)).rows));
  return JSON.stringify(rows);
}

test("the first start makes an administrator and says the password once", async () => {
  const first = await createAccess(pool, nothing);
  expect(first.email).toBe("admin@localhost");
  const { rows } = await pool.query(
    "SELECT u.password_hash, m.role, t.name FROM app_user u JOIN member m ON m.user_id = u.id JOIN team t ON t.id = m.team_id",
  );
  expect(rows).toEqual([{ password_hash: expect.any(String), role: "owner", name: "Main" }]);
  expect(await verifyPassword(rows[0].password_hash, first.password ?? "")).toBe(true);

  const before = await contents();
  expect(await createAccess(pool, nothing)).toEqual({ ...first, password: null });
  expect(await contents()).toBe(before);
});

test("what is named is created when it is missing, and nothing that exists is changed", async () => {
  const made = await createAccess(pool, named);
  expect(made).toMatchObject({ email: "ada@example.com", password: null });
  const tokens = await pool.query("SELECT name, token_hash, scopes FROM api_token");
  expect(tokens.rows).toEqual([
    {
      name: "init",
      token_hash: hashToken("an-api-token-of-mine"),
      scopes: ["read", "run", "dispatch", "admin", "runner"],
    },
  ]);
  const runners = await pool.query("SELECT name, token_hash FROM runner");
  expect(runners.rows).toEqual([{ name: "init", token_hash: hashToken("a-runner-token-of-mine") }]);

  const before = await contents();
  await createAccess(pool, { ...named, adminPassword: "another one" });
  expect(await contents()).toBe(before);
});

test("two starts at once against one database make everything once", async () => {
  const wanted = {
    ...named,
    adminEmail: "grace@example.com",
    runners: [{ name: "local", token: "a-local-runner-token" }],
  };
  const answers = await Promise.all([createAccess(pool, wanted), createAccess(pool, wanted)]);
  expect(new Set(answers.map(({ teamId }) => teamId)).size).toBe(1);
  const { rows } = await pool.query("SELECT count(*)::int AS n FROM app_user WHERE email = 'grace@example.com'");
  expect(rows).toEqual([{ n: 1 }]);
});

test("an example that works on a checkout is told where it is, and stays readable", () => {
  const source = readFileSync("examples/check-repository.yaml", "utf8");
  const told = withRepository(source, "/somewhere/with spaces");
  expect(parseWorkflow(told, "yaml").definition?.env.SWITCHYARD_REPOSITORY).toBe("/somewhere/with spaces");
  expect(told).toContain("# Real work");
  expect(parseWorkflow(told, "yaml").definition?.steps).toEqual(parseWorkflow(source, "yaml").definition?.steps);
});

test("other examples, and copies that are no checkout, stay as they are", () => {
  const hello = readFileSync("examples/hello.yaml", "utf8");
  const repository = readFileSync("examples/check-repository.yaml", "utf8");
  expect(withRepository(hello, "/somewhere")).toBe(hello);
  expect(withRepository(repository, null)).toBe(repository);
});
