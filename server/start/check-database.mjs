import { StartError } from "./progress.mjs";

/**
 * Proves that the database takes connections, or says in one sentence why not; the address is never shown, it may hold
 * a password.
 * @param {string} url
 * @param {string} [name] the variable that it came from
 */
export async function checkDatabase(url, name = "DATABASE_URL") {
  if (!/^postgres(ql)?:\/\/[^/]/.test(url))
    throw new StartError(`${name} is not an address of the form postgresql://user:password@host:5432/database.`);
  const { default: pg } = await import("pg");
  try {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
    // A connection that breaks later is reported by what uses it.
    client.on("error", () => {});
    await client.connect();
    await client.query("SELECT 1");
    await client.end();
  } catch (error) {
    throw new StartError(`${name} does not work: ${reasonOf(error)}.`);
  }
}

/** @param {any} error */
function reasonOf(error) {
  // One address for IPv4 and one for IPv6 make two errors in one without a text of its own.
  const first = error instanceof AggregateError ? error.errors[0] : error;
  return String(first?.message || first?.code || first).replace(/\.$/, "");
}
