import { afterEach, describe, expect, it, vi } from "vitest";
import { createPool } from "../db/pool";
import { prismaOn } from "../db/prisma";
import { ERROR_CODES } from "../errors";
import { ERROR_MAP } from "./error-map";
import { problemResponse } from "./problem";
import { toAppError } from "./to-app-error";

afterEach(() => vi.restoreAllMocks());

describe("errors", () => {
  it("all have a form", () => {
    expect(Object.keys(ERROR_MAP).sort()).toEqual([...ERROR_CODES].sort());
  });

  it("of a database that is away are `unavailable`, with when to try again", async () => {
    const pool = createPool("postgresql://nobody@127.0.0.1:5499/nothing");
    const error = await pool.query("SELECT 1").catch((thrown: unknown) => thrown);
    await pool.end();
    vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const response = problemResponse(error, { requestId: "r", at: "GET /" });
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("2");
    expect(toAppError(new Error("timeout exceeded when trying to connect")).code).toBe("unavailable");
  });

  it("of a database that Prisma cannot reach, or whose connection breaks, are `unavailable` too", async () => {
    const away = createPool("postgresql://nobody@127.0.0.1:5499/nothing");
    const refused = await prismaOn(away)
      .user.findFirst()
      .catch((thrown: unknown) => thrown);
    await away.end();
    expect(toAppError(refused).code).toBe("unavailable");
    const pool = createPool(process.env.DATABASE_URL ?? "");
    const broken = await prismaOn(pool).$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`.catch(
      (thrown: unknown) => thrown,
    );
    await pool.end();
    expect(toAppError(broken).code).toBe("unavailable");
  });

  it("nobody knows are `internal`: the cause is in the log once, and nowhere in the answer", async () => {
    const log = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const response = problemResponse(new Error("secret at /etc/passwd"), { requestId: "r-1", at: "GET /x" });
    expect(response.status).toBe(500);
    const body = await response.json();
    expect(body).toMatchObject({ code: "internal", request_id: "r-1" });
    expect(JSON.stringify(body)).not.toContain("secret");
    expect(log).toHaveBeenCalledTimes(1);
    expect(JSON.parse(String(log.mock.calls[0]?.[0]))).toMatchObject({
      request_id: "r-1",
      at: "GET /x",
      level: "error",
    });
  });
});
