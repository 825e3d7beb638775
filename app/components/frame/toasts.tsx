"use client";
import { CircleAlert, CircleCheck, X } from "lucide-react";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import { errorText, requestIdOf } from "../trpc/error-text";

interface Toast {
  id: number;
  kind: "done" | "failed";
  text: string;
  requestId: string | null;
}

interface Toasts {
  /** The result of something the person did; gone after 4 s. */
  done: (text: string) => void;
  /** Stays until it is closed. */
  failed: (error: unknown) => void;
}

const ToastContext = createContext<Toasts | null>(null);
let lastId = 0;

/** Shows results of the person's own actions, never what others did. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const close = useCallback((id: number) => setToasts((now) => now.filter((toast) => toast.id !== id)), []);
  const add = useCallback(
    (toast: Omit<Toast, "id">) => {
      lastId += 1;
      const id = lastId;
      setToasts((now) => [...now.slice(-3), { ...toast, id }]);
      if (toast.kind === "done") setTimeout(() => close(id), 4_000);
    },
    [close],
  );
  const api = useMemo<Toasts>(
    () => ({
      done: (text) => add({ kind: "done", text, requestId: null }),
      failed: (error) => add({ kind: "failed", text: errorText(error), requestId: requestIdOf(error) }),
    }),
    [add],
  );
  return (
    <ToastContext.Provider value={api}>
      {children}
      <div
        role="status"
        aria-live="polite"
        className="pointer-events-none fixed right-4 bottom-4 z-[60] flex w-[min(24rem,calc(100vw-2rem))] flex-col gap-2"
      >
        {toasts.map((toast) => (
          <div
            key={toast.id}
            className="pointer-events-auto flex animate-rise items-start gap-2.5 rounded-lg border border-line bg-raised px-3.5 py-3 text-sm shadow-float"
          >
            {toast.kind === "done" ? (
              <CircleCheck size={16} className="mt-0.5 shrink-0 text-success" />
            ) : (
              <CircleAlert size={16} className="mt-0.5 shrink-0 text-failed" />
            )}
            <div className="min-w-0 flex-1">
              {toast.text}
              {toast.requestId ? (
                <div className="mt-1 font-mono text-xs text-muted">request {toast.requestId}</div>
              ) : null}
            </div>
            <button
              type="button"
              aria-label="Dismiss"
              onClick={() => close(toast.id)}
              className="grid size-7 place-items-center rounded text-muted hover:bg-hover hover:text-fg"
            >
              <X size={14} />
            </button>
          </div>
        ))}
      </div>
    </ToastContext.Provider>
  );
}

/** The page's toasts. */
export function useToasts(): Toasts {
  const toasts = useContext(ToastContext);
  if (!toasts) throw new Error("useToasts needs a ToastProvider above it");
  return toasts;
}
