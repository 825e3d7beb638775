import { expect, test } from "vitest";
import { runnerEnv } from "./local-runner.mjs";
import { readSettings } from "./settings.mjs";
import { checkNode } from "./setup.mjs";

const root = "/checkout";

test("without any variable", () => {
  expect(readSettings(root, {})).toMatchObject({
    host: "127.0.0.1",
    port: 3000,
    publicUrl: "http://127.0.0.1:3000",
    localUrl: "http://127.0.0.1:3000",
    databaseUrl: null,
    dataDir: "/checkout/.switchyard",
    hasLocalRunner: true,
  });
});

test("an empty variable counts as absent", () => {
  const empty = { HOST: "", PORT: "", DATABASE_URL: "", SWITCHYARD_DATA_DIR: "", SWITCHYARD_LOCAL_RUNNER: "" };
  expect(readSettings(root, empty)).toEqual(readSettings(root, {}));
});

test.each([
  ["0.0.0.0", "http://127.0.0.1:3000"],
  ["::", "http://[::1]:3000"],
  ["192.0.2.7", "http://192.0.2.7:3000"],
])("listening on %s, this machine reaches it at %s", (HOST, expected) => {
  expect(readSettings(root, { HOST }).localUrl).toBe(expected);
});

test("the public address wins and loses its slash", () => {
  const { publicUrl } = readSettings(root, { SWITCHYARD_PUBLIC_URL: "https://switchyard.example.com/" });
  expect(publicUrl).toBe("https://switchyard.example.com");
});

test.each([
  [{ PORT: "0" }, /PORT must be a number/],
  [{ SWITCHYARD_PUBLIC_URL: "switchyard" }, /SWITCHYARD_PUBLIC_URL must be an http or https address/],
  [{ SWITCHYARD_INIT_RUNNER_TOKEN: "with a space in the middle" }, /SWITCHYARD_INIT_RUNNER_TOKEN must be/],
])("%o is refused in one sentence", (env, sentence) => {
  expect(() => readSettings(root, env)).toThrow(sentence);
});

test("the runner gets nothing of the server's", () => {
  const secret = "server-only";
  const env = {
    DATABASE_URL: secret,
    AUTH_SECRET: secret,
    NEXTAUTH_SECRET: secret,
    PGPASSWORD: secret,
    SWITCHYARD_INIT_ADMIN_PASSWORD: secret,
    SWITCHYARD_INIT_API_TOKEN: secret,
    npm_package_name: secret,
  };
  const kept = { PATH: "/bin", npm_config_registry: "http://npm.example.com", SWITCHYARD_GRACE_SECONDS: "2" };
  expect(runnerEnv({ ...env, ...kept })).toEqual(kept);
});

test.each([
  ["20.18.3", false],
  ["18.20.0", false],
  ["20.19.0", true],
  ["22.0.0", true],
])("Node %s: %s", (version, isGood) => {
  const check = () => checkNode(version);
  if (isGood) expect(check).not.toThrow();
  else expect(check).toThrow(/needs Node 20.19 or newer/);
});
