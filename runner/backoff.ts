/** Full jitter: between a floor and a ceiling that doubles with every failure in a row, at most `capMs`. */
export function backoffMs(failures: number, capMs = 5_000): number {
  const ceiling = Math.min(capMs, 200 * 2 ** Math.min(failures - 1, 16));
  return 50 + Math.random() * ceiling;
}
