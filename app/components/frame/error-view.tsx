"use client";
import { CircleAlert } from "lucide-react";
import { useRouter } from "next/navigation";
import { startTransition } from "react";
import { Button } from "../ui/button";
import { EmptyState } from "../ui/empty-state";

/** Says that a page could not be made, under which number the server's log knows why, and tries again. */
export function ErrorView({ digest, retry }: { digest: string | null; retry: () => void }) {
  const router = useRouter();
  return (
    <EmptyState page icon={<CircleAlert size={20} className="text-failed" />} title="This page could not be loaded">
      <title>Error · Switchyard</title>
      <p>
        The server answered with an error; nothing was changed. If it stays, its log says why
        {digest ? (
          <>
            {" "}
            under <code className="font-mono text-fg">{digest}</code>
          </>
        ) : null}
        .
      </p>
      <Button
        onClick={() =>
          startTransition(() => {
            router.refresh();
            retry();
          })
        }
      >
        Try again
      </Button>
    </EmptyState>
  );
}
