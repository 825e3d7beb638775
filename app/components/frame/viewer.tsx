"use client";
import { createContext, type ReactNode, useContext } from "react";
import type { Policy } from "@/server/auth/policy";

export interface Viewer {
  name: string;
  email: string;
  role: string;
  teamName: string;
  refusals: Partial<Record<Policy, string>>;
}

const ViewerContext = createContext<Viewer | null>(null);

/** Tells the components below who is signed in. */
export function ViewerProvider({ viewer, children }: { viewer: Viewer; children: ReactNode }) {
  return <ViewerContext.Provider value={viewer}>{children}</ViewerContext.Provider>;
}

/** Who is signed in. */
export function useViewer(): Viewer {
  const viewer = useContext(ViewerContext);
  if (!viewer) throw new Error("useViewer needs a ViewerProvider above it");
  return viewer;
}

/** Why the person may not, or null; the server decides again when the button is pressed. */
export function useRefusal(policy: Policy): string | null {
  return useViewer().refusals[policy] ?? null;
}
