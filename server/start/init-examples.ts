import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseDocument } from "yaml";
import { parseWorkflow } from "../core/workflow-format";
import { createRun } from "../engine/create-run";
import { createTemplate } from "../engine/create-template";
import type { Engine } from "../engine/engine";

const ACTOR = { type: "system", id: null, name: "npm start" } as const;
/** The example that is run at the first start, so that the first page shows something alive. */
const FIRST_RUN = "hello.yaml";
/** Where an example that works on a checkout finds it. */
const REPOSITORY = ["env", "SWITCHYARD_REPOSITORY"] as const;

interface ExamplesWanted {
  teamId: string;
  startsHello: boolean;
  repository: string | null;
}

/** Saves the examples as templates of a team that has never had any, and runs the first one if a runner can take it. */
export async function createExamples(engine: Engine, wanted: ExamplesWanted, dir = "examples"): Promise<void> {
  const { rows } = await engine.pool.query("SELECT 1 FROM workflow_template WHERE team_id = $1 LIMIT 1", [
    wanted.teamId,
  ]);
  if (rows.length > 0) return;
  const files = readdirSync(dir).filter((name) => name.endsWith(".yaml"));
  for (const file of files.sort()) {
    const source = withRepository(readFileSync(path.join(dir, file), "utf8"), wanted.repository);
    const { definition, problems } = parseWorkflow(source, "yaml");
    if (definition === null) throw new Error(`${file} has problems: ${JSON.stringify(problems)}`);
    const { teamId } = wanted;
    const { templateId } = await createTemplate(engine, { teamId, actor: ACTOR, definition, source, format: "yaml" });
    if (file === FIRST_RUN && wanted.startsHello)
      await createRun(engine, { teamId, actor: ACTOR, templateId, templateVersion: 1, definition, dispatch: "auto" });
  }
}

/** The source with the path of this checkout in its `env`, if it speaks of one; comments stay where they are. */
export function withRepository(source: string, repository: string | null): string {
  if (repository === null || !source.includes(REPOSITORY[1])) return source;
  const document = parseDocument(source);
  document.setIn(REPOSITORY, repository);
  return document.toString({ lineWidth: 0 });
}
