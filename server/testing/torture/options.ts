import { StartError } from "../../start/progress.mjs";
import { TIERS, type TierName } from "./tier";

/** What the command line of `npm run torture` asks for. */
export interface TortureOptions {
  /** Over all tiers, or for each mutant; null: until what was asked for is done. */
  minutes: number | null;
  seed: number;
  tiers: TierName[];
  /** That many of each tier. */
  schedules: number | null;
  /** Exactly this one. */
  schedule: number | null;
  resume: string | null;
  json: string | null;
  untilFailure: boolean;
  /** Names, or an empty list for all; null: none. */
  mutants: string[] | null;
  /** Inputs per target; null: none. */
  inputs: number | null;
}

export const USAGE = `npm run torture -- [options]
  --minutes N        for so long, shared by the tiers (5)
  --seed S           which campaign (1)
  --tier NAME        only ${TIERS.join(", ")}
  --schedules N      so many of each tier instead of a time
  --schedule K       exactly this one, again; needs --tier
  --until-failure    end at the first violation
  --resume FILE      go on behind what the file has done, and add to it
  --mutants [NAMES]  deliberate bugs, separated by commas, instead of the product; all without names;
                     --minutes N is then how long each may be searched for
  --inputs [N]       N bad inputs for each route and procedure instead of schedules (5000)
  --json FILE        the results for programs`;

const MINUTES = 5;
const INPUTS = 5_000;
/** Schedules and seeds are 32-bit for the dice. */
const COUNT_MAX = 2 ** 31 - 1;

/** Reads the command line; throws a `StartError` whose message is the one sentence to show. */
export function readOptions(args: readonly string[]): TortureOptions {
  const given = new Map<string, string | null>();
  for (let index = 0; index < args.length; index += 1) {
    const [name = "", inline] = split(args[index] ?? "");
    const takes = TAKES[name];
    if (!takes) throw new StartError(`"${args[index]}" is no option of torture; --help lists them.`);
    if (given.has(name)) throw new StartError(`${name} is given twice.`);
    const next = args[index + 1];
    const isNextValue = inline === undefined && next !== undefined && !next.startsWith("--");
    if (takes === "nothing" && inline !== undefined) throw new StartError(`${name} takes no value.`);
    const value = takes === "nothing" ? null : (inline ?? (isNextValue ? next : null));
    if (takes === "value" && (value === null || value === "")) throw new StartError(`${name} needs a value.`);
    if (takes !== "nothing" && isNextValue) index += 1;
    given.set(name, value);
  }
  return check(given);
}

const TAKES: Record<string, "value" | "maybe" | "nothing"> = {
  "--minutes": "value",
  "--seed": "value",
  "--tier": "value",
  "--schedules": "value",
  "--schedule": "value",
  "--resume": "value",
  "--json": "value",
  "--mutants": "maybe",
  "--inputs": "maybe",
  "--until-failure": "nothing",
};

function split(arg: string): [string, string | undefined] {
  const at = arg.startsWith("--") ? arg.indexOf("=") : -1;
  return at === -1 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)];
}

function check(given: Map<string, string | null>): TortureOptions {
  const schedules = whole(given, "--schedules", 1);
  const schedule = whole(given, "--schedule", 0);
  const tier = given.get("--tier") ?? null;
  const known = TIERS.find((name) => name === tier);
  if (tier !== null && !known) throw new StartError(`--tier is one of ${TIERS.join(", ")}, not "${tier}".`);
  if (schedule !== null && !known) throw new StartError("--schedule needs --tier: each tier counts its own schedules.");
  refuseTogether(given, ["--schedule", "--schedules"]);
  refuseTogether(given, ["--schedule", "--resume"]);
  refuseTogether(given, ["--mutants", "--inputs"]);
  for (const mode of ["--mutants", "--inputs"])
    for (const other of ["--schedule", "--schedules", "--resume", "--until-failure"])
      refuseTogether(given, [mode, other]);
  for (const other of ["--tier", "--minutes"]) refuseTogether(given, ["--inputs", other]);
  const minutes = number(given, "--minutes");
  return {
    minutes: minutes ?? (hasEnd(given) ? null : MINUTES),
    seed: whole(given, "--seed", 0) ?? 1,
    tiers: known ? [known] : [...TIERS],
    schedules,
    schedule,
    resume: given.get("--resume") ?? null,
    json: given.get("--json") ?? null,
    untilFailure: given.has("--until-failure"),
    mutants: given.has("--mutants") ? namesIn(given.get("--mutants") ?? "") : null,
    inputs: given.has("--inputs") ? (whole(given, "--inputs", 1) ?? INPUTS) : null,
  };
}

/** Whether what is asked for is over at some time by itself. */
function hasEnd(given: Map<string, string | null>): boolean {
  return ["--schedules", "--schedule", "--mutants", "--inputs"].some((name) => given.has(name));
}

function refuseTogether(given: Map<string, string | null>, [one, other]: [string, string]): void {
  if (given.has(one) && given.has(other)) throw new StartError(`${one} and ${other} do not go together.`);
}

function whole(given: Map<string, string | null>, name: string, least: number): number | null {
  const text = given.get(name) ?? null;
  if (text === null) return null;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > COUNT_MAX)
    throw new StartError(`${name} is a whole number from ${least} to ${COUNT_MAX}, not "${text}".`);
  return value;
}

function number(given: Map<string, string | null>, name: string): number | null {
  const text = given.get(name) ?? null;
  if (text === null) return null;
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new StartError(`${name} is a number above 0, not "${text}".`);
  return value;
}

function namesIn(text: string): string[] {
  return text.split(",").filter((name) => name !== "");
}
