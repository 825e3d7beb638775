"use client";
import { useSubscription } from "@trpc/tanstack-react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import type { RunChanges } from "@/server/read/run-changes";
import { isSignedOut } from "../trpc/error-text";
import { useTRPC, useTRPCClient } from "../trpc/providers";

interface RunFeed {
  runId: string;
  /** The newest event that the page shows. */
  eventNumber: () => number;
  onChanges: (changes: RunChanges) => void;
}

interface Live {
  connected: boolean;
  /** The session has ended: only signing in again helps. */
  signedOut: boolean;
  /** When the stream was last known to be open; what is on the screen is at least as new. */
  freshAt: number | null;
  watchRun: (feed: RunFeed) => () => void;
  onTeam: (listener: () => void) => () => void;
}

const LiveContext = createContext<Live | null>(null);

/** Keeps the one stream of this page open; a page of a run adds the run to it. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const [signedOut, setSignedOut] = useState(false);
  const feed = useRef<RunFeed | null>(null);
  const teamListeners = useRef(new Set<() => void>());
  const [input, setInput] = useState<{ runId: string | null; after: number }>({ runId: null, after: 0 });
  const [freshAt, setFreshAt] = useState<number | null>(null);

  const subscription = useSubscription(
    trpc.live.changes.subscriptionOptions(input, {
      onData: ({ data }) => {
        if (data.kind === "team") for (const listener of teamListeners.current) listener();
        else if (data.changes.run.id === feed.current?.runId) feed.current.onChanges(data.changes);
      },
    }),
  );
  const { status, reset } = subscription;
  const connected = status === "pending";

  useEffect(() => {
    if (connected) return () => setFreshAt(Date.now());
    // The browser reopens a broken stream by itself; one that was refused (a proxy's 502, say) is opened again here.
    if (status !== "error" && status !== "idle") return;
    client.screens.me.query().then(
      () => setSignedOut(false),
      (error: unknown) => setSignedOut(isSignedOut(error)),
    );
    const timer = setTimeout(() => {
      setInput((now) => ({ ...now, after: feed.current?.eventNumber() ?? 0 }));
      reset();
    }, 3_000);
    return () => clearTimeout(timer);
  }, [connected, status, reset, client]);

  const watchRun = useCallback((next: RunFeed) => {
    feed.current = next;
    setInput({ runId: next.runId, after: next.eventNumber() });
    return () => {
      if (feed.current !== next) return;
      feed.current = null;
      setInput({ runId: null, after: 0 });
    };
  }, []);
  const onTeam = useCallback((listener: () => void) => {
    teamListeners.current.add(listener);
    return () => {
      teamListeners.current.delete(listener);
    };
  }, []);
  const live = useMemo(
    () => ({ connected, signedOut, freshAt, watchRun, onTeam }),
    [connected, signedOut, freshAt, watchRun, onTeam],
  );
  return <LiveContext.Provider value={live}>{children}</LiveContext.Provider>;
}

/** The page's stream. */
export function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error("useLive needs a LiveProvider above it");
  return live;
}

/** Calls back when something of the team changed, at most twice a second, and once when a lost stream is back. */
export function useTeamChanges(listener: () => void): void {
  const { onTeam, connected } = useLive();
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  const wasConnected = useRef<boolean | null>(null);
  useEffect(() => {
    if (connected && wasConnected.current === false) latest.current();
    wasConnected.current = connected;
  }, [connected]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = 0;
    const off = onTeam(() => {
      if (timer) return;
      timer = setTimeout(
        () => {
          timer = undefined;
          last = Date.now();
          latest.current();
        },
        Math.max(0, last + 500 - Date.now()),
      );
    });
    return () => {
      off();
      clearTimeout(timer);
    };
  }, [onTeam]);
}
