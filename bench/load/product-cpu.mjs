/**
 * CPU seconds that the product has used so far: launcher, web and PostgreSQL.
 * @param {import("../row.mjs").Env} env
 */
export function productCpu(env) {
  const { launcher, postmaster } = env.pids();
  return env.treeCpu([launcher, postmaster]);
}
