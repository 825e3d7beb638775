/** Rows of text under a heading, columns aligned; columns of numbers to the right. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const [head = []] = rows;
  const widths = head.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const isNumber = head.map((_, column) => rows.slice(1).every((row) => /^[\d,.]*$/.test(row[column] ?? "")));
  const line = (row: readonly string[]) =>
    row
      .map((text, column) => (isNumber[column] ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [line(head), rule, ...rows.slice(1).map(line)].join("\n");
}

/** 12345 as 12,345. */
export function grouped(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
