"use client";
import { Button } from "../../../../components/ui/button";
import { CopyButton } from "../../../../components/ui/copy-button";

interface LogBarProps {
  lines: number;
  hasEarlier: boolean;
  onEarlier: () => void;
  text: () => string;
  times: boolean;
  onTimes: (on: boolean) => void;
}

/** How long the log is, and what can be done with it. */
export function LogBar({ lines, hasEarlier, onEarlier, text, times, onTimes }: LogBarProps) {
  return (
    <div className="flex h-9 items-center gap-1 border-b border-line px-2 md:px-3">
      <span className="flex-1 pl-2 text-xs text-muted tabular-nums">
        {hasEarlier ? "last " : ""}
        {lines.toLocaleString("en")} {lines === 1 ? "line" : "lines"}
      </span>
      {hasEarlier ? (
        <Button kind="ghost" size="sm" onClick={onEarlier}>
          Load earlier
        </Button>
      ) : null}
      <Button kind="ghost" size="sm" aria-pressed={times} onClick={() => onTimes(!times)}>
        {times ? "Hide times" : "Times"}
      </Button>
      <CopyButton text={text} />
    </div>
  );
}
