import { migrationNames } from "../db/migrate";
import type { Queryable } from "../db/pool";

/** Names of migrations that this release needs and the database lacks; empty when it is ready. */
export async function readMissingMigrations(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ migration_name: string }>(
    "SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL",
  );
  const applied = new Set(rows.map((row) => row.migration_name));
  return (await migrationNames()).filter((name) => !applied.has(name));
}
