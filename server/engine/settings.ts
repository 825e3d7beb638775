/** How long things may take, in seconds, and how much a task may print, in bytes (spec "Fixed names"). */
export interface Settings {
  leaseSeconds: number;
  runningLeaseSeconds: number;
  graceSeconds: number;
  logMaxBytes: number;
}

/** Reads the settings from the environment; a value that is not a positive number is an error that names it. */
export function readSettings(env: Record<string, string | undefined>): Settings {
  return {
    leaseSeconds: positive(env, "SWITCHYARD_LEASE_SECONDS", 60),
    runningLeaseSeconds: positive(env, "SWITCHYARD_RUNNING_LEASE_SECONDS", 300),
    graceSeconds: positive(env, "SWITCHYARD_GRACE_SECONDS", 10),
    logMaxBytes: positive(env, "SWITCHYARD_LOG_MAX_BYTES", 67_108_864),
  };
}

function positive(env: Record<string, string | undefined>, name: string, otherwise: number): number {
  const text = env[name];
  if (text === undefined || text.trim() === "") return otherwise;
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`${name} must be a number above 0, not "${text}"`);
  return value;
}
