import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tryLock } from "./lock.mjs";

const dir = mkdtempSync(path.join(os.tmpdir(), "switchyard-errors-"));
const taken = net.createServer();
let takenPort: number;
let freePort: number;

beforeAll(async () => {
  takenPort = await listen(taken);
  const other = net.createServer();
  freePort = await listen(other);
  await new Promise((resolve) => other.close(resolve));
});

afterAll(() => {
  taken.close();
  rmSync(dir, { recursive: true, force: true });
});

function listen(server: net.Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("no port"));
      else resolve(address.port);
    });
  });
}

/** What `npm start` says on its error channel before it gives up. */
function start(env: Record<string, string>): { status: number | null; said: string } {
  const given = { SWITCHYARD_DATA_DIR: path.join(dir, "data"), PORT: String(freePort), DATABASE_URL: "", ...env };
  const { status, stderr } = spawnSync(process.execPath, ["server/start/start.mjs"], {
    env: { ...process.env, ...given },
    encoding: "utf8",
    timeout: 60_000,
  });
  return { status, said: stderr.trim() };
}

test("a port that is no port", () => {
  const { status, said } = start({ PORT: "eighty" });
  expect(said).toBe('PORT must be a number from 1 to 65535, not "eighty".');
  expect(status).toBe(1);
});

test("a taken port", () => {
  const { status, said } = start({ PORT: String(takenPort) });
  expect(said).toBe(
    `Port ${takenPort} on 127.0.0.1 is taken: stop what listens there, or choose another with PORT=${takenPort + 1}.`,
  );
  expect(status).toBe(1);
});

test("a data directory that cannot be written", () => {
  const file = path.join(dir, "a-file");
  writeFileSync(file, "");
  const { status, said } = start({ SWITCHYARD_DATA_DIR: path.join(file, "data") });
  expect(said).toMatch(
    /^The data directory .* cannot be written \(\w+\): mend it, or choose another with SWITCHYARD_DATA_DIR\.$/,
  );
  expect(status).toBe(1);
});

test("a data directory that another start uses", () => {
  const data = path.join(dir, "used");
  const release = tryLock(path.join(data, "lock"));
  const { status, said } = start({ SWITCHYARD_DATA_DIR: data });
  release?.();
  expect(said).toContain(`Switchyard already runs in ${data} (process ${process.pid})`);
  expect(status).toBe(1);
});

test("a broken DATABASE_URL, without showing the password in it", () => {
  const { status, said } = start({ DATABASE_URL: "postgresql://somebody:hush-hush@127.0.0.1:1/nothing" });
  expect(said).toBe("DATABASE_URL does not work: connect ECONNREFUSED 127.0.0.1:1.");
  expect(status).toBe(1);
});

test("a DATABASE_URL that is no address", () => {
  const { status, said } = start({ DATABASE_URL: "hush hush" });
  expect(said).toBe("DATABASE_URL is not an address of the form postgresql://user:password@host:5432/database.");
  expect(status).toBe(1);
});

test("a token that no header can carry", () => {
  const { status, said } = start({ SWITCHYARD_INIT_API_TOKEN: "short" });
  expect(said).toBe("SWITCHYARD_INIT_API_TOKEN must be 16 to 200 printable characters without spaces.");
  expect(status).toBe(1);
});
