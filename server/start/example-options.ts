import path from "node:path";
import { parseArgs } from "node:util";
import { StartError } from "./progress.mjs";

const USAGE = "npm run example -- <file.yaml | WfFormat .json> [--speed 100] [--slots n]";

export interface ExampleOptions {
  file: string;
  /** Recorded run times are divided by this. */
  speed: number;
  /** Slots of a runner of its own; null leaves the work to the runners that are there. */
  slots: number | null;
}

/** Reads what was typed behind `npm run example --`; throws StartError with one sentence. */
export function readOptions(argv: string[], from: string): ExampleOptions {
  const { values, positionals } = parse(argv);
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new StartError(`Name one file: ${USAGE}`);
  const speed = Number(values.speed ?? 100);
  if (!(Number.isFinite(speed) && speed > 0)) throw new StartError(`--speed must be a number above 0: ${USAGE}`);
  const slots = values.slots === undefined ? null : Number(values.slots);
  if (slots !== null && !(Number.isInteger(slots) && slots >= 1 && slots <= 10_000))
    throw new StartError(`--slots must be a whole number from 1 to 10000: ${USAGE}`);
  return { file: path.resolve(from, file), speed, slots };
}

function parse(argv: string[]) {
  try {
    const options = { speed: { type: "string" }, slots: { type: "string" } } as const;
    return parseArgs({ args: argv, allowPositionals: true, options });
  } catch (error) {
    throw new StartError(`${error instanceof Error ? error.message : String(error)}: ${USAGE}`);
  }
}
