import { router } from "./init";
import { liveRouter } from "./live";
import { runnersRouter } from "./runners";
import { runsRouter } from "./runs";
import { screensRouter } from "./screens";
import { tasksRouter } from "./tasks";
import { templatesRouter } from "./templates";

export const appRouter = router({
  runs: runsRouter,
  tasks: tasksRouter,
  templates: templatesRouter,
  runners: runnersRouter,
  screens: screensRouter,
  live: liveRouter,
});
export type AppRouter = typeof appRouter;
