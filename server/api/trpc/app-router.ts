import { router } from "./init";
import { runnersRouter } from "./runners";
import { runsRouter } from "./runs";
import { tasksRouter } from "./tasks";
import { templatesRouter } from "./templates";

export const appRouter = router({
  runs: runsRouter,
  tasks: tasksRouter,
  templates: templatesRouter,
  runners: runnersRouter,
});
export type AppRouter = typeof appRouter;
