import type { Engine } from "./engine";
import { newId } from "./ids";

/** Makes a runner that the token with this hash (SHA-256, hex) may speak for. */
export async function createRunner(
  engine: Engine,
  given: { teamId: string; name: string; tokenHash: string },
): Promise<{ runnerId: string }> {
  const runnerId = newId();
  await engine.pool.query("INSERT INTO runner (id, team_id, name, token_hash) VALUES ($1, $2, $3, $4)", [
    runnerId,
    given.teamId,
    given.name,
    given.tokenHash,
  ]);
  engine.bus.wake([`team:${given.teamId}`]);
  return { runnerId };
}
