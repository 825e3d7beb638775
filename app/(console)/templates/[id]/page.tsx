import type { Metadata } from "next";
import { layoutGraph } from "@/server/core/graph-layout";
import type { TemplatePage } from "@/server/read/templates-page";
import { PageHead } from "../../../components/frame/page-head";
import { drawGraph } from "../../../components/graph/draw-graph";
import { DRAWN_MAX, graphInput } from "../../../components/graph/graph-input";
import { GraphSvg } from "../../../components/graph/graph-svg";
import { kept } from "../../../components/graph/kept";
import { readForPage } from "../../../components/trpc/server-caller";
import { Ago } from "../../../components/ui/time";
import { RunTemplate } from "./run-template";
import { StillGraph } from "./still-graph";
import { TemplateSource } from "./template-source";

interface PageProps {
  params: Promise<{ id: string }>;
}

/** A template: its graph and its source, to read and to run. */
export default async function TemplatePageView(props: PageProps) {
  const template = await readTemplate(props.params);
  const { steps } = template.definition;
  return (
    <div className="mx-auto w-full max-w-6xl px-4 py-6 md:px-8">
      <PageHead
        title={template.name}
        note={
          <>
            Version {template.version} · {steps.length.toLocaleString("en")} {steps.length === 1 ? "step" : "steps"} ·{" "}
            {template.definition.dispatch} dispatch · saved <Ago at={template.updatedAt} />
            {template.archived ? " · archived" : ""}
          </>
        }
      >
        <RunTemplate templateId={template.id} archived={template.archived} />
      </PageHead>
      {template.definition.description ? (
        <p className="-mt-2 mb-5 max-w-3xl text-sm">{template.definition.description}</p>
      ) : null}
      <TemplateGraph template={template} />
      <TemplateSource source={template.source} format={template.format} />
    </div>
  );
}

function TemplateGraph({ template }: { template: TemplatePage }) {
  const { steps } = template.definition;
  if (steps.length > DRAWN_MAX)
    return (
      <p className="text-sm text-muted">
        With more than {DRAWN_MAX.toLocaleString("en")} steps the graph is drawn by depth, on the page of a run.
      </p>
    );
  const nodes = steps.map((step) => ({ id: step.key, key: step.key, name: step.name, needs: step.needs }));
  const layout = kept(`template:${template.id}:${template.version}`, () => layoutGraph(graphInput(nodes)));
  const markup = drawGraph(
    layout,
    nodes.map((node) => ({
      ...node,
      status: "created" as const,
      line: node.needs.length > 0 ? `needs ${node.needs.length}` : "starts first",
    })),
  );
  return (
    <StillGraph>
      <GraphSvg
        width={layout.width}
        height={layout.height}
        label={`Graph of ${steps.length} steps`}
        markup={markup}
        className="still"
      />
    </StillGraph>
  );
}

/** The title is the template's name. */
export async function generateMetadata(props: PageProps): Promise<Metadata> {
  return { title: (await readTemplate(props.params)).name };
}

async function readTemplate(params: PageProps["params"]): Promise<TemplatePage> {
  const { id } = await params;
  return readForPage(`/templates/${encodeURIComponent(id)}`, (caller) => caller.screens.template({ templateId: id }));
}
