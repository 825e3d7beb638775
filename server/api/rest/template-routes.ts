import { z } from "zod";
import { parseWorkflow } from "../../core/workflow-format";
import { createTemplate } from "../../engine/create-template";
import { readTemplate } from "../../read/template";
import { readTemplateList } from "../../read/template-list";
import { found } from "../operations/found";
import { parseDefinition } from "../operations/parse-definition";
import { presentTemplate, presentTemplateItem } from "../present/template";
import { LIMITS, limitUpTo, templateVersion } from "../schemas";
import { makeCursor, numeric, readCursor } from "./cursor";
import { idempotent } from "./idempotent";
import { jsonResponse } from "./json-response";
import { type DefinitionBody, type Route, route } from "./route";

const MAX_DEFINITION = 8 * 1024 * 1024;
const position = z.object({ name: z.string(), id: z.uuid() });

export const templateRoutes: Route[] = [
  route<unknown, DefinitionBody>({
    method: "POST",
    path: "/api/v1/workflow-templates",
    policy: "template.save",
    body: { definition: true },
    bodyLimit: MAX_DEFINITION,
    handler: async (context) => {
      const { engine, teamId, actor } = context.caller;
      const definition = parseDefinition(context.body.source, context.body.format);
      const response = await idempotent<{ templateId: string }>(context, {
        act: (idempotency) =>
          createTemplate(engine, {
            teamId,
            actor,
            definition,
            ...context.body,
            ...(idempotency ? { idempotency } : {}),
          }),
        answer: async (db, { templateId }) => ({
          status: 201,
          body: presentTemplate(found(await readTemplate(db, { teamId, templateId }), "workflow template")),
        }),
      });
      response.headers.set("etag", '"1"');
      return response;
    },
  }),

  route<unknown, DefinitionBody>({
    method: "POST",
    path: "/api/v1/workflow-templates/validate",
    policy: "team.read",
    body: { definition: true },
    bodyLimit: MAX_DEFINITION,
    handler: async ({ body }) => {
      const { problems, stats } = parseWorkflow(body.source, body.format);
      return jsonResponse({ valid: problems.length === 0, problems, stats });
    },
  }),

  route({
    method: "GET",
    path: "/api/v1/workflow-templates",
    policy: "team.read",
    query: z.object({ limit: numeric(limitUpTo(LIMITS.templates)).default(50), cursor: z.string().optional() }),
    handler: async ({ caller, query }) => {
      const page = await readTemplateList(caller.engine.pool, {
        teamId: caller.teamId,
        limit: query.limit,
        after: readCursor(query.cursor, position),
      });
      const items = page.rows.map(presentTemplateItem);
      return jsonResponse({ items, next_cursor: page.next ? makeCursor(page.next) : null });
    },
  }),

  route({
    method: "GET",
    path: "/api/v1/workflow-templates/{id}",
    policy: "team.read",
    subject: "template",
    query: z.object({ version: numeric(templateVersion).optional() }),
    handler: async ({ caller, id, query }) => {
      const which = { teamId: caller.teamId, templateId: id, version: query.version };
      const template = found(await readTemplate(caller.engine.pool, which), "workflow template");
      return jsonResponse(presentTemplate(template), 200, { etag: `"${template.version}"` });
    },
  }),
];
