import { readFileSync } from "node:fs";
import { z } from "zod";
import { migrate } from "../db/migrate";
import { createPool } from "../db/pool";
import { getEngine } from "../engine/engine";
import { createAccess } from "./init-access";
import { createExamples } from "./init-examples";

const named = z.object({ name: z.string(), token: z.string() });
const wanted = z.object({
  adminEmail: z.string().nullable(),
  adminPassword: z.string().nullable(),
  apiTokens: z.array(named),
  runners: z.array(named),
  startsHello: z.boolean(),
  repository: z.string().nullable(),
});

/** Migrates the database and creates what is missing in it; says as JSON who the administrator is. */
async function main(): Promise<void> {
  const url = process.env.DATABASE_URL;
  if (!url) throw new Error("DATABASE_URL is not set; `npm start` sets it");
  const given = wanted.parse(JSON.parse(readFileSync(0, "utf8")));
  await migrate(url);
  const pool = createPool(url, 2);
  const access = await createAccess(pool, given);
  await createExamples(getEngine(), { teamId: access.teamId, ...given });
  process.stdout.write(`${JSON.stringify({ email: access.email, password: access.password })}\n`);
}

main().then(
  // The engine keeps connections open; nothing is left to do on them.
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
