import { setTimeout as sleep } from "node:timers/promises";
import { StartError, say, step } from "./progress.mjs";
import { superviseChild } from "./supervise.mjs";

const READY_WITHIN_MS = { start: 60_000, dev: 120_000 };
/** What Next says about itself at every start. */
const BANNER = /^\s*(▲ Next\.js|- (Local|Network|Environments|Experiments)|✓ (Starting|Ready|Running next.config)|$)/;

/**
 * Starts the web process and keeps it running.
 * @param {"start" | "dev"} mode
 * @param {import("./settings.mjs").Settings} settings
 * @param {{ databaseUrl: string, authSecret: string, onSpawn: (record: import("./supervise.mjs").ProcessRecord) => void }} given
 */
export async function startWeb(mode, settings, { databaseUrl, authSecret, onSpawn }) {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(SWITCHYARD_INIT_|npm_)/.test(name));
  const web = superviseChild({
    name: "web",
    args: [
      ...(mode === "start" ? ["web-server.mjs", "--host"] : ["node_modules/next/dist/bin/next", "dev", "-H"]),
      ...[settings.host, mode === "start" ? "--port" : "-p", String(settings.port)],
    ],
    cwd: settings.root,
    env: {
      ...Object.fromEntries(inherited),
      NODE_ENV: mode === "start" ? "production" : "development",
      NEXT_TELEMETRY_DISABLED: "1",
      DATABASE_URL: databaseUrl,
      AUTH_SECRET: authSecret,
      NEXTAUTH_SECRET: authSecret,
      NEXTAUTH_URL: settings.publicUrl,
      SWITCHYARD_PUBLIC_URL: settings.publicUrl,
    },
    onSpawn,
    onLine: (line) => {
      if (!BANNER.test(line)) say(`  web │ ${line}`);
    },
  });
  return { ...web, ready: () => step("web", () => untilReady(settings.localUrl, READY_WITHIN_MS[mode])) };
}

/** @param {string} url @param {number} withinMs */
async function untilReady(url, withinMs) {
  for (const end = Date.now() + withinMs; ; await sleep(100)) {
    if (await answers(`${url}/readyz`)) return;
    if (Date.now() > end)
      throw new StartError(`The web server did not become ready in ${withinMs / 1000} s; its lines above say why.`);
  }
}

/** @param {string} url */
async function answers(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    // Not listening yet.
    return false;
  }
}
