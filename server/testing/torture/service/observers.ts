import type { Pool } from "../../../db/pool";

// Triggers of the tier's own database write down, inside the engine's transactions, what no outsider can see exactly:
// when an attempt was made and ended, whether its lease had run out when the server ended it, and whether its runner
// had room. A transaction that rolls back takes its rows with it.
const OBSERVERS = `
CREATE TABLE seen_attempt (
  attempt_id uuid PRIMARY KEY,
  made_at timestamptz NOT NULL,
  ended_at timestamptz,
  live_at_claim int NOT NULL,
  slots int NOT NULL,
  lease_left_ms float8,
  lease_at timestamptz,
  server_alive_at timestamptz
);
CREATE FUNCTION see_claim() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO seen_attempt (attempt_id, made_at, live_at_claim, slots)
  SELECT NEW.id, clock_timestamp(),
    (SELECT count(*) FROM attempt a WHERE a.runner_id = NEW.runner_id AND a.ended_at IS NULL), r.slots
  FROM runner r WHERE r.id = NEW.runner_id;
  RETURN NULL;
END $$;
CREATE TRIGGER see_claim AFTER INSERT ON attempt FOR EACH ROW EXECUTE FUNCTION see_claim();
CREATE FUNCTION see_end() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  UPDATE seen_attempt SET ended_at = clock_timestamp(), lease_left_ms =
    1000 * LEAST(EXTRACT(EPOCH FROM OLD.lease_expires_at - clock_timestamp()),
      EXTRACT(EPOCH FROM OLD.deadline_at - clock_timestamp())),
    lease_at = OLD.lease_expires_at,
    server_alive_at = (SELECT alive_at FROM server_heartbeat WHERE id = 1)
  WHERE attempt_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER see_end AFTER UPDATE ON attempt FOR EACH ROW
  WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION see_end();`;

/** Puts the observers into a migrated database. */
export async function installObservers(pool: Pool): Promise<void> {
  await pool.query(OBSERVERS);
}
