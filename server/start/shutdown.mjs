import { StartError, say } from "./progress.mjs";

/** What has been started and must be ended, newest first. @type {(() => Promise<void> | void)[]} */
const endings = [];
/** @type {Promise<void> | null} */
let stopping = null;

/** Notes what has to be ended when the command ends. */
export function onShutdown(/** @type {() => Promise<void> | void} */ end) {
  endings.unshift(end);
}

/** Whether the command has been told to end. */
export function isShuttingDown() {
  return stopping !== null;
}

/**
 * Ends everything that was noted and then the process; a second call waits for the first.
 * @param {number} code
 */
export function shutDown(code) {
  stopping ??= (async () => {
    let exitCode = code;
    for (const end of endings) {
      try {
        await end();
      } catch (error) {
        process.stderr.write(`${error instanceof StartError ? error.message : (error?.stack ?? error)}\n`);
        exitCode = 1;
      }
    }
    process.exit(exitCode);
  })();
  return stopping;
}

/**
 * Ends the command in order on Ctrl-C and its like. Further ones change nothing: npm passes them on a second time.
 * @param {number} code
 */
export function shutDownOnSignals(code) {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      if (!isShuttingDown()) say("\n  · stopping");
      void shutDown(code);
    });
  }
}

/**
 * Runs a command's main function; an error ends the process with one sentence, or with a stack if nobody foresaw it.
 * @param {() => Promise<void>} main
 */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    // What a stop interrupts is no error of its own.
    if (!isShuttingDown())
      process.stderr.write(`\n${error instanceof StartError ? error.message : (error?.stack ?? error)}\n`);
    await shutDown(1);
  }
}
