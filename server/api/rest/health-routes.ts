import { AppError } from "../../errors";
import { readMissingMigrations } from "../../read/health";
import { jsonResponse } from "./json-response";
import { route } from "./route";

export const healthRoutes = [
  route({
    method: "GET",
    path: "/healthz",
    policy: "public",
    handler: async () => jsonResponse({ status: "ok" }),
  }),
  route({
    method: "GET",
    path: "/readyz",
    policy: "public",
    handler: async ({ caller }) => {
      const missing = await readMissingMigrations(caller.engine.pool);
      if (missing.length > 0) throw new AppError("unavailable", `Migrations are missing: ${missing.join(", ")}.`);
      return jsonResponse({ status: "ready" });
    },
  }),
];
