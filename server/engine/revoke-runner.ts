import { AppError } from "../errors";
import type { Engine } from "./engine";

/** Revokes a runner's token: it is given nothing more, and what it had runs out with its leases. Throws `not_found`. */
export async function revokeRunner(engine: Engine, given: { teamId: string; runnerId: string }): Promise<void> {
  const { rowCount } = await engine.pool.query(
    "UPDATE runner SET revoked_at = clock_timestamp() WHERE id = $1 AND team_id = $2 AND revoked_at IS NULL",
    [given.runnerId, given.teamId],
  );
  if (rowCount === 0) throw new AppError("not_found", "There is no such runner");
  engine.bus.wake([`team:${given.teamId}`, `sync:${given.runnerId}`]);
}
