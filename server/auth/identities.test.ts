import { randomUUID } from "node:crypto";
import { encode } from "next-auth/jwt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPool } from "../db/pool";
import { hashPassword, verifyPassword } from "./password";
import { readSession } from "./session";
import { signIn } from "./sign-in";
import { ATTEMPTS_PER_ACCOUNT, ATTEMPTS_PER_ADDRESS } from "./sign-in-limit";
import { API_TOKEN_PREFIX, bearerToken, hashToken, makeToken } from "./token-text";
import { writeTokenUse } from "./token-use";
import { findApiToken, findRunnerToken } from "./tokens";

process.env.AUTH_SECRET = "a secret for tests only";
const pool = createPool(process.env.DATABASE_URL ?? "");
const teamId = randomUUID();
const userId = randomUUID();

beforeAll(async () => {
  await pool.query("INSERT INTO team (id, name) VALUES ($1, 'identities')", [teamId]);
  await pool.query("INSERT INTO app_user (id, email, name, password_hash) VALUES ($1, 'ada@example.com', 'Ada', $2)", [
    userId,
    await hashPassword("correct horse"),
  ]);
  await pool.query("INSERT INTO member (team_id, user_id, role) VALUES ($1, $2, 'operator')", [teamId, userId]);
});
afterAll(() => pool.end());

async function apiToken(column = "", value = "NULL"): Promise<{ token: string; id: string }> {
  const token = makeToken(API_TOKEN_PREFIX);
  const id = randomUUID();
  await pool.query(
    `INSERT INTO api_token (id, team_id, name, token_hash, scopes${column && `, ${column}`})
     VALUES ($1, $2, 'test', $3, '{read}'${column && `, ${value}`})`,
    [id, teamId, hashToken(token)],
  );
  return { token, id };
}

/** Waits until the answer is what it will become; identities are remembered for 2 s. */
const soon = { timeout: 5_000, interval: 100 };

describe("tokens", () => {
  it("are found by their text, and stop being found once revoked", async () => {
    const { token, id } = await apiToken();
    expect(await findApiToken(pool, token)).toMatchObject({ tokenId: id, teamId, scopes: ["read"] });
    await pool.query("UPDATE api_token SET revoked_at = now() WHERE id = $1", [id]);
    await expect.poll(() => findApiToken(pool, token), soon).toBeNull();
  });

  it("are not found when unknown, expired, revoked or a runner's", async () => {
    expect(await findApiToken(pool, makeToken(API_TOKEN_PREFIX))).toBeNull();
    expect(await findApiToken(pool, (await apiToken("expires_at", "now()")).token)).toBeNull();
    expect(await findApiToken(pool, (await apiToken("revoked_at", "now()")).token)).toBeNull();
    expect(await findRunnerToken(pool, (await apiToken()).token)).toBeNull();
  });

  it("remember when they were used", async () => {
    const { token, id } = await apiToken();
    await findApiToken(pool, token);
    await writeTokenUse(pool);
    const { rows } = await pool.query("SELECT last_used_at FROM api_token WHERE id = $1", [id]);
    expect(rows[0].last_used_at).toBeInstanceOf(Date);
  });

  it.each([
    ["Bearer 0123456789abcdef", "0123456789abcdef"],
    ["bearer 0123456789abcdef", "0123456789abcdef"],
    ["Bearer short", null],
    ["Bearer ", null],
    ["Basic 0123456789abcdef", null],
    [`Bearer ${"x".repeat(201)}`, null],
    ["Bearer 0123456789 abcdef", null],
  ])("are read from %s", (header, token) => {
    expect(bearerToken(new Request("http://x", { headers: { authorization: header } }))).toBe(token);
  });
});

describe("passwords", () => {
  it("match only themselves, and never an account that is not there", async () => {
    const stored = await hashPassword("one");
    expect(stored).toMatch(/^\$argon2id\$/);
    expect(await verifyPassword(stored, "one")).toBe(true);
    expect(await verifyPassword(stored, "two")).toBe(false);
    expect(await verifyPassword(null, "an account that does not exist")).toBe(false);
  });
});

describe("sign-in", () => {
  it("takes the right password, in any case of the address", async () => {
    const user = await signIn(pool, { email: " Ada@Example.com ", password: "correct horse", address: "a1" });
    expect(user).toEqual({ id: userId, email: "ada@example.com", name: "Ada" });
  });

  it("limits the tries of one account from many addresses, right password included", async () => {
    for (let n = 0; n < ATTEMPTS_PER_ACCOUNT; n++)
      expect(await signIn(pool, { email: "ada@example.com", password: "wrong", address: `b${n}` })).toBeNull();
    const next = signIn(pool, { email: "ada@example.com", password: "correct horse", address: "b-last" });
    await expect(next).rejects.toMatchObject({ code: "rate_limited" });
    await pool.query("DELETE FROM sign_in_attempt");
  });

  it("limits the tries of one address at many accounts", async () => {
    const tries = Array.from({ length: ATTEMPTS_PER_ADDRESS + 5 }, (_, n) =>
      signIn(pool, { email: `nobody${n}@example.com`, password: "x", address: "c" }).catch((error) => error.code),
    );
    const answers = await Promise.all(tries);
    expect(answers.filter((answer) => answer === null).length).toBeLessThanOrEqual(ATTEMPTS_PER_ADDRESS);
    expect(answers).toContain("rate_limited");
    await pool.query("DELETE FROM sign_in_attempt");
  });
});

describe("sessions", () => {
  const cookie = async (secret: string) =>
    `other=1; next-auth.session-token=${await encode({ token: { sub: userId }, secret })}`;

  it("carry the team and role that the database holds now", async () => {
    const header = await cookie("a secret for tests only");
    expect(await readSession(pool, header)).toMatchObject({
      userId,
      teamId,
      role: "operator",
      email: "ada@example.com",
    });
    await pool.query("UPDATE member SET role = 'viewer' WHERE user_id = $1", [userId]);
    await expect.poll(async () => (await readSession(pool, header))?.role, soon).toBe("viewer");
    await pool.query("DELETE FROM member WHERE user_id = $1", [userId]);
    await expect.poll(() => readSession(pool, header), soon).toBeNull();
  });

  it("are nobody's without a cookie of ours", async () => {
    expect(await readSession(pool, null)).toBeNull();
    expect(await readSession(pool, "next-auth.session-token=rubbish")).toBeNull();
    expect(await readSession(pool, await cookie("somebody else's secret"))).toBeNull();
  });
});
