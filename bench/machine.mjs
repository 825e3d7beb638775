import os from "node:os";

/** The machine in one line, and how busy it was before anything was measured. */
export function describeMachine() {
  const [processor] = os.cpus();
  return {
    cores: os.cpus().length,
    processor: processor?.model.trim() ?? "unknown",
    memoryGib: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()}`,
    node: process.version,
    load: os.loadavg().map((load) => Number(load.toFixed(1))),
  };
}

/**
 * @param {ReturnType<typeof describeMachine>} machine
 * @param {string} postgres
 */
export function machineText({ cores, processor, memoryGib, system, node, load }, postgres) {
  return `${cores} cores (${processor}), ${memoryGib} GiB, ${system}, Node ${node}, PostgreSQL ${postgres}, load before ${load.join(" ")}`;
}
