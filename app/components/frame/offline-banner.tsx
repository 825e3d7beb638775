"use client";
import { formatClock } from "../ui/format-time";
import { useConnection } from "./use-connection";

/** Says that the page is out of date; its buttons still work, they are plain requests. */
export function OfflineBanner() {
  const { state, freshAt } = useConnection();
  if (state !== "offline") return null;
  return (
    <div
      role="status"
      className="border-b border-attention bg-raised px-4 py-2 text-center text-sm"
      data-offline-banner
    >
      {freshAt === null ? "No connection to the server" : `Showing data as of ${formatClock(freshAt)}`}, retrying.
      Buttons still work when the server answers.
    </div>
  );
}
