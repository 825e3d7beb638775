import { SIDES } from "./row.mjs";

/**
 * @typedef {import("./row.mjs").Row} Row
 * @typedef {import("./row.mjs").Value} Value
 * @typedef {{ title: string, value: Value, digits: number, target: string, isReached: boolean | null }} Line
 */

const OTHERS = SIDES.filter((side) => side !== "switchyard");

/**
 * The lines of the table that a row makes: one for each of its figures, in the row's order.
 * @param {Row} row
 * @param {{ [figure: string]: Value }} values
 * @returns {Line[]}
 */
export function linesOf(row, values) {
  const described = Object.keys(row.figures ?? {});
  const names = new Set([...described, ...Object.keys(values)]);
  const [first] = names;
  // A figure that only the quick or only the full form has makes no empty line; one with a target is never left out.
  const shown = [...names].filter((name) => name === first || values[name] || row.figures?.[name]?.target);
  return shown.map((name) => {
    const { label, unit = row.unit, digits = 1, target } = row.figures?.[name] ?? {};
    const itsTarget = name === first ? row.target : target;
    return {
      title: `${row.name}: ${label ?? row.title}${unit === "" ? "" : ` (${unit})`}`,
      value: values[name] ?? { ratios: {} },
      digits,
      target: itsTarget?.text ?? "",
      isReached: itsTarget === undefined ? null : itsTarget.reached(values),
    };
  });
}

/**
 * The lines as a Markdown table whose columns are aligned for reading as it is.
 * @param {Line[]} lines
 */
export function renderTable(lines) {
  const head = ["row", "Switchyard", ...OTHERS.flatMap((side) => [side, "ratio"]), "to reach", "reached"];
  const rows = lines.map(({ title, value, digits, target, isReached }) => [
    title,
    numberText(value.switchyard, digits),
    ...OTHERS.flatMap((side) => [numberText(value[side], digits), numberText(value.ratios[side], 2)]),
    target,
    reachedText(target, isReached),
  ]);
  const isNumber = (/** @type {number} */ column) => column > 0 && column <= 1 + 2 * OTHERS.length;
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const padded = (/** @type {string[]} */ cells) =>
    cells.map((cell, column) =>
      isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
    );
  const rule = widths.map((width, column) => (isNumber(column) ? `${"-".repeat(width - 1)}:` : "-".repeat(width)));
  return [padded(head), rule, ...rows.map(padded)].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** @param {number | undefined} figure @param {number} digits */
function numberText(figure, digits) {
  return figure === undefined ? "-" : figure.toFixed(digits);
}

/** @param {string} target @param {boolean | null} isReached */
function reachedText(target, isReached) {
  if (target === "") return "";
  if (isReached === null) return "not told";
  return isReached ? "yes" : "no";
}
