/** Next calls this once per server process. */
export async function register(): Promise<void> {
  // Node's own modules are out of reach of the edge runtime's build, hence the second file.
  if (process.env.NEXT_RUNTIME === "nodejs") await (await import("./instrumentation.node")).start();
}
