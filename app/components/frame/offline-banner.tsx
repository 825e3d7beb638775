"use client";
import { usePathname } from "next/navigation";
import { formatClock } from "../ui/format-time";
import { useLive } from "./live-provider";
import { useConnection } from "./use-connection";

const BANNER_CLASS = "border-b border-attention bg-raised px-4 py-2 text-center text-sm";

/** Says that the page is out of date; its buttons still work, they are plain requests. Or that the session has ended. */
export function OfflineBanner() {
  const pathname = usePathname();
  const { signedOut } = useLive();
  const { state, freshAt } = useConnection();
  if (signedOut)
    return (
      <div role="status" className={BANNER_CLASS}>
        Your session has ended.{" "}
        <a
          href={`/sign-in?callbackUrl=${encodeURIComponent(pathname)}`}
          className="font-medium underline underline-offset-2"
        >
          Sign in again
        </a>
      </div>
    );
  if (state !== "offline") return null;
  return (
    <div role="status" className={BANNER_CLASS} data-offline-banner>
      {freshAt === null ? "No connection to the server" : `Showing data as of ${formatClock(freshAt)}`}, retrying.
      Buttons still work when the server answers.
    </div>
  );
}
