"use client";
import { ErrorView } from "../components/frame/error-view";

/** A page that failed, inside the frame. */
export default function PageError(props: { error: Error & { digest?: string }; reset: () => void }) {
  return <ErrorView digest={props.error.digest ?? null} retry={props.reset} />;
}
