import type { TemplateRow } from "../../read/template";
import type { TemplateListRow } from "../../read/template-list";
import { presentTime, presentTimeOrNull } from "./time";

/** A template in one version, with its source. */
export function presentTemplate(row: TemplateRow) {
  const { definition } = row;
  return {
    id: row.id,
    name: row.name,
    version: row.version,
    latest_version: row.latest_version,
    description: definition.description ?? null,
    dispatch: definition.dispatch,
    on_failure: definition.onFailure,
    step_count: definition.steps.length,
    steps: definition.steps.map(({ key, name, needs }) => ({ key, name, needs })),
    source: row.source,
    format: row.format,
    created_by: row.created_by,
    created_at: presentTime(row.created_at),
    updated_at: presentTime(row.updated_at),
    archived_at: presentTimeOrNull(row.archived_at),
  };
}
export type Template = ReturnType<typeof presentTemplate>;

/** A template as the list shows it. */
export function presentTemplateItem(row: TemplateListRow) {
  return { ...row, created_at: presentTime(row.created_at), updated_at: presentTime(row.updated_at) };
}
export type TemplateItem = ReturnType<typeof presentTemplateItem>;
