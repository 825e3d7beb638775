import type { Pool } from "../../../db/pool";

/** What changes without being asked, so that no request is to blame for it. */
const IN_THE_BACKGROUND: Record<string, string[]> = {
  // Uses of tokens are noted for all requests together, up to 10 s later.
  api_token: ["last_used_at"],
  // When a runner was last heard may be written in batches too.
  runner: ["last_seen_at"],
};
/** Tables that are not the product's data. */
const NOT_DATA = ["_prisma_migrations", "touched", "server_heartbeat"];

export interface TouchedRow {
  table: string;
  op: "INSERT" | "UPDATE" | "DELETE";
  /** The row as JSON: as it was when it was deleted, as it is otherwise. */
  row: Record<string, unknown>;
}

/**
 * Watches the contents of every table by triggers of this database: an update that changes nothing is no change, and
 * what is rolled back never happened. Cheaper than two snapshots a request, and it names the rows.
 */
export class RowWatch {
  private seen = 0;

  private constructor(private readonly db: Pool) {}

  static async start(db: Pool): Promise<RowWatch> {
    await db.query(`CREATE UNLOGGED TABLE touched (id bigserial PRIMARY KEY, "table" text, op text, "row" jsonb)`);
    await db.query(`CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE ignored text[] := TG_ARGV[0]::text[];
      BEGIN
        IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - ignored = to_jsonb(NEW) - ignored THEN RETURN NULL; END IF;
        INSERT INTO touched ("table", op, "row")
          VALUES (TG_TABLE_NAME, TG_OP, CASE WHEN TG_OP = 'DELETE' THEN to_jsonb(OLD) ELSE to_jsonb(NEW) END);
        RETURN NULL;
      END $$`);
    const { rows } = await db.query<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() AND tablename <> ALL($1)`,
      [NOT_DATA],
    );
    for (const { name } of rows)
      await db.query(`CREATE TRIGGER touch AFTER INSERT OR UPDATE OR DELETE ON "${name}" FOR EACH ROW
        EXECUTE FUNCTION touch('{${(IN_THE_BACKGROUND[name] ?? []).join(",")}}')`);
    return new RowWatch(db);
  }

  /** What was committed since the last call. */
  async take(): Promise<TouchedRow[]> {
    const { rows } = await this.db.query<TouchedRow & { id: string }>({
      name: "take_touched",
      text: `SELECT id, "table", op, "row" FROM touched WHERE id > $1 ORDER BY id`,
      values: [this.seen],
    });
    this.seen = Number(rows.at(-1)?.id ?? this.seen);
    return rows;
  }
}
