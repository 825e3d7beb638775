/**
 * The quantile `q` (0 to 1) with linear interpolation; NaN of nothing.
 * @param {number[]} numbers
 * @param {number} q
 */
export function quantile(numbers, q) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const place = (sorted.length - 1) * q;
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  const high = sorted[Math.ceil(place)] ?? Number.NaN;
  return low + (high - low) * (place - Math.floor(place));
}

/**
 * The middle of the numbers; NaN of nothing.
 * @param {number[]} numbers
 */
export function median(numbers) {
  return quantile(numbers, 0.5);
}
