"use client";
import { ErrorView } from "./components/frame/error-view";

/** A page that failed, without a frame. */
export default function RootError(props: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main className="grid min-h-dvh place-items-center">
      <ErrorView digest={props.error.digest ?? null} retry={props.reset} />
    </main>
  );
}
