import { readSession, type Session } from "../../auth/session";
import type { Engine } from "../../engine/engine";
import { getEngine } from "../../engine/engine";
import { requestIdOf } from "../request-id";

export interface Context {
  engine: Engine;
  requestId: string;
  /** Null when nobody is signed in. */
  session: Session | null;
  /** The session as the database holds it now; streams ask again and again. */
  renewSession: () => Promise<Session | null>;
}

/** Everything a procedure may use for one request. */
export async function createContext(request: Request, engine: Engine = getEngine()): Promise<Context> {
  const cookies = request.headers.get("cookie");
  const renewSession = () => readSession(engine.pool, cookies);
  return { engine, requestId: requestIdOf(request), session: await renewSession(), renewSession };
}
