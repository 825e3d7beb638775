import { createHash } from "node:crypto";
import { writeTokenUse } from "../../../auth/token-use";
import { createPool } from "../../../db/pool";
import { getEngine, stopEngine } from "../../../engine/engine";
import { makeDice } from "../../dice";
import { Campaign } from "./campaign";
import { Door } from "./door";
import { ownDatabase } from "./own-database";
import { findTargets } from "./targets";
import { RowWatch } from "./watch-rows";
import { makeWorld } from "./world";

const READS_SHARE = 10;

export interface InputsOrder {
  /** A superuser's, of a PostgreSQL server; a database of its own is made in it and dropped again. */
  databaseUrl: string;
  /** Bad requests to each target that may change something; those that only read get a tenth. */
  perTarget: number;
  seed: number;
  say: (line: string) => void;
  /** Only targets whose name contains this. */
  only?: string;
}

export interface InputsResult {
  targets: number;
  inputs: number;
  failures: string[];
}

/**
 * Sends generated bad requests to every route and procedure of the product, one after another, and checks each: never
 * a 5xx, a changed row on a refusal, another team's data, a hang or a crash.
 */
export async function runInputs(order: InputsOrder): Promise<InputsResult> {
  const { seed, say } = order;
  const before = { DATABASE_URL: process.env.DATABASE_URL, AUTH_SECRET: process.env.AUTH_SECRET };
  const database = await ownDatabase(order.databaseUrl);
  // The handlers find their engine by the environment, as in the product.
  await stopEngine();
  process.env.DATABASE_URL = database.url;
  process.env.AUTH_SECRET ??= "a secret for bad requests only";
  const db = createPool(database.url, 3);
  const door = await Door.open();
  try {
    const world = await makeWorld(db);
    const campaign = new Campaign({ door, world, rows: await RowWatch.start(db), seed, say });
    const targets = findTargets().filter(({ name }) => name.includes(order.only ?? ""));
    for (const target of targets) {
      const count = Math.ceil(order.perTarget / (target.changes ? 1 : READS_SHARE));
      await campaign.attack(target, { count, diceOf: (number) => makeDice(seed, numberOf(target.name), number) });
    }
    campaign.sum();
    return { targets: targets.length, inputs: campaign.inputs, failures: campaign.failures };
  } finally {
    await door.close();
    await writeTokenUse(getEngine().pool);
    await stopEngine();
    await db.end();
    await database.drop();
    for (const [name, value] of Object.entries(before))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  }
}

/** The same for the same name: a target keeps its inputs when others come and go. */
function numberOf(name: string): number {
  return createHash("sha256").update(name).digest().readInt32BE(0);
}
