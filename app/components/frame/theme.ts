export type ThemeChoice = "system" | "light" | "dark";
export const THEME_KEY = "switchyard.theme";
export const NAV_KEY = "switchyard.nav";

/** Sets the theme's and the side bar's class before the first paint; kept as text because it must run before any bundle has loaded. */
export const THEME_SCRIPT = `(function(){try{var c=localStorage.getItem("${THEME_KEY}");var d=c==="dark"||(c!=="light"&&matchMedia("(prefers-color-scheme: dark)").matches);document.documentElement.classList.toggle("dark",d);document.documentElement.classList.toggle("nav-collapsed",localStorage.getItem("${NAV_KEY}")==="collapsed")}catch(e){}})()`;

/** What this browser chose; the system's theme when nothing was chosen. */
export function readTheme(): ThemeChoice {
  const choice = localStorage.getItem(THEME_KEY);
  return choice === "dark" || choice === "light" ? choice : "system";
}

/** Remembers a choice and shows it at once. */
export function applyTheme(choice: ThemeChoice): void {
  if (choice === "system") localStorage.removeItem(THEME_KEY);
  else localStorage.setItem(THEME_KEY, choice);
  const dark = choice === "dark" || (choice === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", dark);
}

/** Opens or closes the side bar and remembers it. */
export function toggleNav(): void {
  const collapsed = document.documentElement.classList.toggle("nav-collapsed");
  if (collapsed) localStorage.setItem(NAV_KEY, "collapsed");
  else localStorage.removeItem(NAV_KEY);
}
