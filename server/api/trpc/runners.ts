import { readRunnerList } from "../../read/runner-list";
import { presentRunner } from "../present/runner";
import { procedureWith, router } from "./init";

export const runnersRouter = router({
  list: procedureWith("team.read").query(async ({ ctx }) => {
    const rows = await readRunnerList(ctx.engine.pool, ctx.session.teamId);
    return { items: rows.map(presentRunner) };
  }),
});
