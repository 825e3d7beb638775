import NextAuth from "next-auth";
import { authOptions } from "../auth/auth-options";
import { getEngine } from "../engine/engine";

/** next-auth's own pages and calls: sign-in, sign-out, session, CSRF token. */
export async function handleAuth(
  request: Request,
  context: { params: Promise<{ nextauth: string[] }> },
): Promise<Response> {
  // Cookies and redirects follow the address that was visited, so that localhost and 127.0.0.1 both work.
  if (!process.env.NEXTAUTH_URL) process.env.AUTH_TRUST_HOST ??= "true";
  return NextAuth(
    request as never,
    context as never,
    authOptions(() => getEngine().pool),
  ) as Promise<Response>;
}
