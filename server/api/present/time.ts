/** RFC 3339 in UTC with milliseconds and Z, as every time leaves the server. */
export function presentTime(at: Date): string {
  return at.toISOString();
}

/** The same for a time that may not have come yet. */
export function presentTimeOrNull(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}
