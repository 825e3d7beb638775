"use client";
import { X } from "lucide-react";
import { useMemo } from "react";
import type { DepthGroup } from "@/server/core/graph-groups";
import { taskDisplayStatus } from "../../../../components/status/display-status";
import { StatusIcon } from "../../../../components/status/status-icon";
import { useRun } from "../run-context";
import type { RunStore, RunTask } from "../run-store";

const SHOWN = 60;

interface GroupTasksProps {
  group: DepthGroup | null;
  selected: string | null;
  onSelect: (key: string | null) => void;
  onClose: () => void;
}

/** Under a grouped graph: the tasks of the opened depth, and what the selected task needs and is needed by. */
export function GroupTasks({ group, selected, onSelect, onClose }: GroupTasksProps) {
  // Listening to the version: any change may be one of the tasks shown.
  useRun((store) => store.version);
  const { parents, children } = useRun(useMemo(() => neighboursOf(selected), [selected]));
  return (
    <div className="grid max-h-56 grid-cols-1 gap-x-8 gap-y-4 overflow-y-auto border-t border-line bg-bg px-4 py-3 md:grid-cols-2 md:px-6">
      {group ? (
        <section className="md:col-span-2" aria-label="Tasks of this depth">
          <div className="mb-1.5 flex items-center justify-between text-xs text-muted">
            Depth {group.depth + 1}: {group.ids.length.toLocaleString("en")} tasks
            <button
              type="button"
              aria-label="Close"
              onClick={onClose}
              className="grid size-7 place-items-center rounded hover:bg-hover hover:text-fg"
            >
              <X size={14} />
            </button>
          </div>
          <Chips ids={group.ids} selected={selected} onSelect={onSelect} />
        </section>
      ) : null}
      {selected ? (
        <>
          <Neighbours title={`${selected} needs`} tasks={parents} onSelect={onSelect} />
          <Neighbours title={`Needs ${selected}`} tasks={children} onSelect={onSelect} />
        </>
      ) : null}
    </div>
  );
}

function Neighbours(props: { title: string; tasks: string[]; onSelect: (key: string) => void }) {
  return (
    <section aria-label={props.title}>
      <h3 className="mb-1.5 text-xs text-muted">
        {props.title} ({props.tasks.length.toLocaleString("en")})
      </h3>
      {props.tasks.length === 0 ? (
        <p className="text-sm text-muted">nothing</p>
      ) : (
        <Chips ids={props.tasks} selected={null} onSelect={props.onSelect} />
      )}
    </section>
  );
}

function Chips(props: { ids: string[]; selected: string | null; onSelect: (key: string) => void }) {
  const tasks = useRun(useMemo(() => manyTasks(props.ids), [props.ids]));
  return (
    <ul className="flex flex-wrap gap-1.5">
      {tasks.map((task) => (
        <li key={task.id}>
          <button
            type="button"
            data-node={task.id}
            aria-pressed={task.key === props.selected}
            onClick={() => props.onSelect(task.key)}
            className="inline-flex h-7 max-w-56 items-center gap-1.5 rounded-md border border-line bg-raised px-2 text-xs hover:bg-hover aria-pressed:border-focus"
          >
            <StatusIcon status={taskDisplayStatus(task.status, task.readiness, task.reason)} size={13} label />
            <span className="truncate">{task.key}</span>
          </button>
        </li>
      ))}
      {props.ids.length > SHOWN ? (
        <li className="self-center text-xs text-muted">
          and {(props.ids.length - SHOWN).toLocaleString("en")} more in the list
        </li>
      ) : null}
    </ul>
  );
}

function manyTasks(ids: string[]): (store: RunStore) => RunTask[] {
  let last: RunTask[] = [];
  return (store) => {
    const tasks = ids.slice(0, SHOWN).flatMap((id) => store.task(id) ?? []);
    if (tasks.length !== last.length || tasks.some((task, index) => task !== last[index])) last = tasks;
    return last;
  };
}

function neighboursOf(key: string | null): (store: RunStore) => { parents: string[]; children: string[] } {
  let last: { tasks: RunStore["tasks"]; found: { parents: string[]; children: string[] } } | null = null;
  return (store) => {
    // Edges never change: one look through the tasks is enough.
    if (last && last.tasks === store.tasks) return last.found;
    const task = store.tasks?.find((each) => each.key === key);
    const parents = task?.needs.flatMap((position) => store.tasks?.[position]?.id ?? []) ?? [];
    const children = task
      ? (store.tasks ?? []).filter((each) => each.needs.includes(task.position)).map((each) => each.id)
      : [];
    last = { tasks: store.tasks, found: { parents, children } };
    return last.found;
  };
}
