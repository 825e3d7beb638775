/** The path to go to after signing in: only one of this site, otherwise the first page. */
export function safePath(wanted: string | string[] | undefined): string {
  const home = "/runs";
  if (typeof wanted !== "string" || !/^\/(?![/\\])/.test(wanted)) return home;
  // Browsers drop tabs and line ends inside a URL and read a backslash as a slash: neither may come through.
  if (/[\\\p{Cc}]/u.test(wanted)) return home;
  const base = "http://same.origin";
  const url = URL.canParse(wanted, base) ? new URL(wanted, base) : null;
  return url?.origin === base ? url.pathname + url.search + url.hash : home;
}
