"use client";
import { useEffect, useState } from "react";
import { useLive } from "./live-provider";

export type ConnectionState = "connecting" | "live" | "reconnecting" | "offline";

const DOT_AFTER_MS = 5_000;
const BANNER_AFTER_MS = 15_000;

/** How the stream is, with patience: a short break is nobody's business, after 5 s the dot turns, after 15 s a banner. */
export function useConnection(): { state: ConnectionState; freshAt: number | null } {
  const { connected, freshAt } = useLive();
  const [state, setState] = useState<ConnectionState>("connecting");
  useEffect(() => {
    if (connected) {
      setState("live");
      return;
    }
    const dot = setTimeout(() => setState("reconnecting"), DOT_AFTER_MS);
    const banner = setTimeout(() => setState("offline"), BANNER_AFTER_MS);
    return () => {
      clearTimeout(dot);
      clearTimeout(banner);
    };
  }, [connected]);
  return { state, freshAt };
}
