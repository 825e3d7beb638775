export const TABS = ["graph", "list", "events"] as const;
export type Tab = (typeof TABS)[number];

export interface Selection {
  tab: Tab;
  /** The selected task's key. */
  task: string | null;
  panel: "log" | "details";
}

/** The selection that an address holds. */
export function readSelection(params: { get: (name: string) => string | null }): Selection {
  const tab = TABS.find((each) => each === params.get("tab")) ?? "graph";
  return { tab, task: params.get("task"), panel: params.get("panel") === "details" ? "details" : "log" };
}
