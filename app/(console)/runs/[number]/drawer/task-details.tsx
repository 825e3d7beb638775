"use client";
import type { ReactNode } from "react";
import type { AttemptRow, TaskDrawer } from "@/server/read/task-drawer";
import { taskDisplayStatus } from "../../../../components/status/display-status";
import { StatusIcon } from "../../../../components/status/status-icon";
import { errorText } from "../../../../components/trpc/error-text";
import { CodeBlock } from "../../../../components/ui/code-block";
import { formatClock, formatDuration } from "../../../../components/ui/format-time";
import { Notice } from "../../../../components/ui/notice";
import { Skeleton } from "../../../../components/ui/skeleton";

interface TaskDetailsProps {
  details: TaskDrawer | null;
  error: unknown;
  onSelect: (key: string) => void;
}

/** What the task executes, where, and how its attempts went. */
export function TaskDetails({ details, error, onSelect }: TaskDetailsProps) {
  if (error)
    return (
      <Notice kind="failed" role="alert" className="m-4">
        {errorText(error)}
      </Notice>
    );
  if (!details)
    return (
      <div className="space-y-3 p-5">
        <Skeleton className="h-24" />
        <Skeleton className="h-4 w-1/2" />
        <Skeleton className="h-4 w-2/3" />
      </div>
    );
  return (
    <div className="min-h-0 flex-1 space-y-6 overflow-y-auto px-4 py-4 md:px-5">
      <CodeBlock label={`Command, run by ${details.shell}`} text={details.command} />
      <dl className="grid grid-cols-[8rem_minmax(0,1fr)] gap-y-2 text-sm">
        <Fact name="Labels">{details.labels.length > 0 ? details.labels.join(", ") : "any runner"}</Fact>
        <Fact name="Time limit">{details.timeoutSeconds ? formatDuration(details.timeoutSeconds * 1000) : "none"}</Fact>
        <Fact name="Directory">{details.workingDirectory ?? "a fresh one"}</Fact>
      </dl>
      <Section title="Needs" empty="Nothing: it can start first." items={details.needs} onSelect={onSelect} />
      <Section title="Needed by" empty="Nothing." items={details.neededBy} onSelect={onSelect} />
      {Object.keys(details.env).length > 0 ? (
        <section>
          <h3 className="mb-2 text-xs font-medium text-muted">Environment</h3>
          <dl className="grid grid-cols-[minmax(6rem,auto)_minmax(0,1fr)] gap-x-4 gap-y-1 font-mono text-xs">
            {Object.entries(details.env).map(([name, value]) => (
              <Fact key={name} name={name}>
                <span className="[overflow-wrap:anywhere]">{value}</span>
              </Fact>
            ))}
          </dl>
        </section>
      ) : null}
      <section>
        <h3 className="mb-2 text-xs font-medium text-muted">Attempts</h3>
        {details.attempts.length === 0 ? (
          <p className="text-sm text-muted">None yet.</p>
        ) : (
          <ol className="divide-y divide-line rounded-lg border border-line">
            {details.attempts.map((attempt) => (
              <Attempt key={attempt.number} attempt={attempt} />
            ))}
          </ol>
        )}
      </section>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Section(props: { title: string; empty: string; items: TaskDrawer["needs"]; onSelect: (key: string) => void }) {
  return (
    <section>
      <h3 className="mb-2 text-xs font-medium text-muted">{props.title}</h3>
      {props.items.length === 0 ? (
        <p className="text-sm text-muted">{props.empty}</p>
      ) : (
        <ul className="flex flex-wrap gap-1.5">
          {props.items.map(({ key, status }) => (
            <li key={key}>
              <button
                type="button"
                onClick={() => props.onSelect(key)}
                className="inline-flex h-7 max-w-56 items-center gap-1.5 rounded-md border border-line bg-raised px-2 text-xs hover:bg-hover"
              >
                <StatusIcon status={taskDisplayStatus(status, "waiting", null)} size={13} label />
                <span className="truncate">{key}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Attempt({ attempt }: { attempt: AttemptRow }) {
  const end = attempt.endedAt;
  const outcome = end === null ? "live" : (attempt.outcome ?? "ended by the server");
  return (
    <li className="px-3 py-2.5 text-sm">
      <div className="flex items-baseline justify-between gap-3">
        <span>
          <span className="font-medium">#{attempt.number}</span> {outcome}
          {attempt.exitCode === null ? "" : `, exit ${attempt.exitCode}`}
        </span>
        <span className="text-xs text-muted tabular-nums">
          {formatClock(attempt.claimedAt)}
          {attempt.startedAt !== null && end !== null ? ` · ${formatDuration(end - attempt.startedAt)}` : ""}
        </span>
      </div>
      <p className="text-xs text-muted [overflow-wrap:anywhere]">
        on {attempt.runner}
        {attempt.reason ? ` · ${attempt.reason}` : ""}
      </p>
    </li>
  );
}
