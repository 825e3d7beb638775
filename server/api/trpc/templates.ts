import { z } from "zod";
import { parseWorkflow } from "../../core/workflow-format";
import { createTemplate } from "../../engine/create-template";
import { readTemplate } from "../../read/template";
import { readTemplateList } from "../../read/template-list";
import { callerOfSession } from "../caller";
import { existingId, found } from "../operations/found";
import { parseDefinition } from "../operations/parse-definition";
import { presentTemplate, presentTemplateItem } from "../present/template";
import { LIMITS, limitUpTo, plainText, templateVersion } from "../schemas";
import { procedureWith, router } from "./init";

const read = procedureWith("team.read");
const source = z.object({ source: z.string().max(8 * 1024 * 1024), format: z.enum(["yaml", "json"]).default("yaml") });

export const templatesRouter = router({
  list: read
    .input(
      z.object({
        limit: limitUpTo(LIMITS.templates).default(LIMITS.templates),
        after: z.object({ name: plainText(1_000), id: z.uuid() }).optional(),
      }),
    )
    .query(async ({ ctx, input }) => {
      const page = await readTemplateList(ctx.engine.pool, { ...input, teamId: ctx.session.teamId });
      return { items: page.rows.map(presentTemplateItem), next: page.next };
    }),

  get: read
    .input(z.object({ templateId: z.string().max(100), version: templateVersion.optional() }))
    .query(async ({ ctx, input }) => {
      const templateId = existingId(input.templateId, "workflow template");
      const which = { teamId: ctx.session.teamId, templateId, version: input.version };
      return presentTemplate(found(await readTemplate(ctx.engine.pool, which), "workflow template"));
    }),

  // A mutation only because a definition is too long for a URL; it changes nothing.
  validate: read.input(source).mutation(({ input }) => {
    const { problems, stats } = parseWorkflow(input.source, input.format);
    return { valid: problems.length === 0, problems, stats };
  }),

  create: procedureWith("template.save")
    .input(source)
    .mutation(async ({ ctx, input }) => {
      const definition = parseDefinition(input.source, input.format);
      const { teamId, actor } = callerOfSession(ctx.engine, ctx.session);
      const { templateId } = await createTemplate(ctx.engine, { teamId, actor, definition, ...input });
      return presentTemplate(found(await readTemplate(ctx.engine.pool, { teamId, templateId }), "workflow template"));
    }),
});
