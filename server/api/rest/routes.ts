import { healthRoutes } from "./health-routes";
import type { Route } from "./route";
import { runRoutes } from "./run-routes";
import { runWatchRoutes } from "./run-watch-routes";
import { runnerProtocolRoutes } from "./runner-protocol-routes";
import { runnerRoutes } from "./runner-routes";
import { taskRoutes } from "./task-routes";
import { templateRoutes } from "./template-routes";

/** Everything that programs may call; server/api/policies.test.ts walks it. */
export const ROUTES: readonly Route[] = [
  ...healthRoutes,
  ...templateRoutes,
  ...runRoutes,
  ...runWatchRoutes,
  ...taskRoutes,
  ...runnerRoutes,
  ...runnerProtocolRoutes,
];
