import { parseArgs } from "node:util";
import { StartError } from "../server/start/progress.mjs";
import { SIDES } from "./row.mjs";

const USAGE = `npm run bench -- [--quick] [--check] [--rows chain,forty,...] [--sides switchyard,floor,...] [--repeats N] [--json FILE]`;

/**
 * What the command line asks for; throws one sentence for what nobody can mean.
 * @param {string[]} args
 * @param {string[]} rowNames
 */
export function readOptions(args, rowNames) {
  const values = parse(args);
  const quick = values.quick ?? false;
  const repeats = Number(values.repeats ?? (quick ? 1 : 3));
  if (!Number.isInteger(repeats) || repeats < 1 || repeats > 100)
    throw new StartError(`--repeats takes a number from 1 to 100, not ${values.repeats}.`);
  return {
    quick,
    repeats,
    rows: chosen("--rows", values.rows, rowNames),
    sides: chosen("--sides", values.sides, SIDES),
    check: values.check ?? false,
    json: values.json ?? null,
  };
}

/**
 * Those of a list that are named, in the list's order; all of them when nothing is said.
 * @template {string} Name
 * @param {string} option
 * @param {string | undefined} text
 * @param {readonly Name[]} known
 */
function chosen(option, text, known) {
  if (text === undefined) return [...known];
  const names = text.split(",").filter((name) => name !== "");
  const unknown = names.filter((name) => !known.some((one) => one === name));
  if (unknown.length > 0 || names.length === 0)
    throw new StartError(`${option} takes some of ${known.join(", ")}, not ${unknown.join(", ") || "nothing"}.`);
  return known.filter((name) => names.includes(name));
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args,
      options: {
        quick: { type: "boolean" },
        check: { type: "boolean" },
        rows: { type: "string" },
        sides: { type: "string" },
        repeats: { type: "string" },
        json: { type: "string" },
      },
    }).values;
  } catch (error) {
    throw new StartError(`${error.message}\n${USAGE}`);
  }
}
