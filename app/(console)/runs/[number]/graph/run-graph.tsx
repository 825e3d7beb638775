import { groupByDepth } from "@/server/core/graph-groups";
import { layoutGraph } from "@/server/core/graph-layout";
import type { GraphTask } from "@/server/read/run-graph";
import type { RunSummary } from "@/server/read/run-summary";
import { drawGraph } from "../../../../components/graph/draw-graph";
import { DRAWN_MAX, graphInput } from "../../../../components/graph/graph-input";
import { GraphSvg } from "../../../../components/graph/graph-svg";
import { kept } from "../../../../components/graph/kept";
import { taskDisplayStatus } from "../../../../components/status/display-status";
import { readForPage } from "../../../../components/trpc/server-caller";
import { drawGroups, GROUP_HEIGHT, GROUPS_MAX, groupTallies } from "./draw-groups";
import { nodeLine } from "./node-line";

/** The run's graph, drawn here so that it is there with the page. */
export async function RunGraph({ run }: { run: RunSummary }) {
  const tasks = await readForPage(`/runs/${run.number}`, (caller) => caller.screens.runGraph({ runId: run.id }));
  if (tasks.length > DRAWN_MAX) return <GroupedGraph run={run} tasks={tasks} />;
  // The graph of a run never changes: only the first page pays for its layout.
  const layout = kept(`layout:${run.id}`, () => layoutGraph(graphInput(tasks)));
  const markup = drawGraph(
    layout,
    tasks.map((task) => ({
      id: task.id,
      key: task.key,
      name: task.name,
      status: taskDisplayStatus(task.status, task.readiness, task.reason),
      line: nodeLine(task),
    })),
  );
  const label = `Graph of ${tasks.length} tasks; arrows walk along its edges. The list says the same.`;
  return <GraphSvg width={layout.width} height={layout.height} label={label} markup={markup} />;
}

function GroupedGraph({ run, tasks }: { run: RunSummary; tasks: GraphTask[] }) {
  const { groups, layout } = kept(`groups:${run.id}`, () => {
    const grouped = groupByDepth(graphInput(tasks), GROUPS_MAX);
    return { groups: grouped.nodes, layout: layoutGraph({ nodes: grouped.nodes, edges: grouped.edges }) };
  });
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const markup = drawGroups(
    layout,
    groups.map((group) => ({ group, tally: groupTallies(group.ids.flatMap((id) => byId.get(id) ?? [])) })),
  );
  const label = `Graph of ${tasks.length} tasks, one node for each depth. The list shows them one by one.`;
  return (
    <GraphSvg
      width={layout.width}
      height={layout.height + GROUP_HEIGHT}
      label={label}
      markup={markup}
      className="grouped"
    />
  );
}
