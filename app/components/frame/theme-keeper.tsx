"use client";
import { useLayoutEffect } from "react";
import { applyTheme, NAV_KEY, readTheme } from "./theme";

/** Puts theme and side bar back where the browser draws the whole document again, as it does for a page that is not there. */
export function ThemeKeeper() {
  useLayoutEffect(() => {
    applyTheme(readTheme());
    document.documentElement.classList.toggle("nav-collapsed", localStorage.getItem(NAV_KEY) === "collapsed");
  }, []);
  return null;
}
