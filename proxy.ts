import { problemResponse } from "./server/api/problem";
import { requestIdOf } from "./server/api/request-id";
import { AppError } from "./server/errors";

// Only paths with escapes come here: everything else is answered by its route without this detour.
export const config = { matcher: "/api/(.*%.*)" };

/** Answers API paths whose escapes are no text, which the web framework would answer with a page of its own. */
export function proxy(request: Request): Response | undefined {
  const { pathname } = new URL(request.url);
  try {
    decodeURIComponent(pathname);
    return undefined;
  } catch {
    const where = { requestId: requestIdOf(request), at: `${request.method} ${pathname}` };
    return problemResponse(new AppError("not_found", "There is nothing at this path."), where);
  }
}
