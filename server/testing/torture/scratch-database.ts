import path from "node:path";
import { checkDatabase } from "../../start/check-database.mjs";
import { embeddedPostgres } from "../../start/embedded-postgres.mjs";
import { step } from "../../start/progress.mjs";
import { onShutdown } from "../../start/shutdown.mjs";

/** A superuser's address of a PostgreSQL: the one that TEST_DATABASE_URL names, or one in `scratch` that ends with us. */
export async function scratchDatabase(scratch: string): Promise<string> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) {
    await checkDatabase(given, "TEST_DATABASE_URL");
    return given;
  }
  const postgres = embeddedPostgres(path.join(scratch, "postgres"));
  onShutdown(() => postgres.stop());
  await step("embedded PostgreSQL", () => postgres.start());
  return postgres.superuserUrl();
}
