"use client";
import { useCallback, useEffect, useState } from "react";
import type { LogPage, LogPiece } from "@/server/read/log-page";
import { useTRPCClient } from "../../../../components/trpc/providers";

interface Log {
  pieces: LogPiece[];
  /** The attempt that is shown; null: none yet. */
  attempt: number | null;
  state: "loading" | "ready" | "failed";
  /** Earlier output exists that has not been loaded. */
  hasEarlier: boolean;
  loadEarlier: () => Promise<void>;
  retry: () => void;
}

const LIVE_MS = 800;
const RETRY_MS = 3_000;
const EMPTY: LogPiece[] = [];

/** The end of a task's output, and what is added to it while it runs. `round` starts anew: another attempt has begun. */
export function useLog(taskId: string, round: number): Log {
  const client = useTRPCClient();
  const [pieces, setPieces] = useState<LogPiece[]>(EMPTY);
  const [attempt, setAttempt] = useState<number | null>(null);
  const [state, setState] = useState<Log["state"]>("loading");
  const [tries, setTries] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another round or another try begins anew
  useEffect(() => {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last: number | null = null;
    setPieces(EMPTY);
    setState("loading");
    const read = async () => {
      let page: LogPage;
      try {
        page = await client.screens.log.query({ taskId, after: last });
      } catch {
        if (stopped) return;
        // What is shown stays; only when there is nothing yet it is said.
        if (last === null) setState("failed");
        timer = setTimeout(read, RETRY_MS);
        return;
      }
      if (stopped) return;
      setAttempt(page.attempt);
      setState("ready");
      const added = page.pieces.filter((piece) => last === null || piece.seq > last);
      if (added.length > 0) {
        last = added.at(-1)?.seq ?? last;
        setPieces((now) => [...now, ...added]);
      } else if (page.attempt !== null) last ??= 0;
      // Output may still arrive for a while after the end: the last pieces and the end travel in two requests.
      if (page.ended && added.length === 0) timer = setTimeout(read, 5 * LIVE_MS);
      else timer = setTimeout(read, added.length === 1_000 ? 0 : LIVE_MS);
    };
    void read();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [client, taskId, round, tries]);

  const first = pieces[0]?.seq ?? null;
  const hasEarlier = first !== null && first > 1;
  const loadEarlier = useCallback(async () => {
    if (first === null || first <= 1) return;
    const page = await client.screens.log.query({ taskId, attempt, before: first });
    setPieces((now) => (now[0]?.seq === first ? [...page.pieces, ...now] : now));
  }, [client, taskId, attempt, first]);
  return { pieces, attempt, state, hasEarlier, loadEarlier, retry: () => setTries((now) => now + 1) };
}
