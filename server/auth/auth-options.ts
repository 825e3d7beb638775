import type { NextAuthOptions } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import { z } from "zod";
import type { Pool } from "../db/pool";
import { AppError } from "../errors";
import { authSecret } from "./auth-secret";
import { signIn } from "./sign-in";

const credentials = z.object({ email: z.string().max(320), password: z.string().min(1).max(1_000) });

/** What next-auth needs; made per request, since neither the secret nor the database exist while the product is built. */
export function authOptions(db: () => Pool): NextAuthOptions {
  return {
    secret: authSecret(),
    session: { strategy: "jwt" },
    pages: { signIn: "/sign-in", error: "/sign-in" },
    providers: [
      Credentials({
        name: "Password",
        credentials: { email: {}, password: {} },
        async authorize(raw, request) {
          const given = credentials.safeParse(raw);
          if (!given.success) return null;
          try {
            return await signIn(db(), { ...given.data, address: addressOf(request.headers) });
          } catch (error) {
            // next-auth shows an error's message to the browser: only a known code may leave.
            throw new Error(error instanceof AppError ? error.code : "unavailable");
          }
        },
      }),
    ],
    callbacks: {
      // The session names the user only; role and team are read again on every request.
      jwt: ({ token, user }) => (user ? { sub: user.id } : { ...token }),
    },
  };
}

function addressOf(headers: Record<string, unknown> | undefined): string {
  const forwarded = headers?.["x-forwarded-for"];
  // The last one was added by the proxy nearest to us, or by the web server itself.
  return typeof forwarded === "string" ? (forwarded.split(",").at(-1)?.trim() ?? "unknown") : "unknown";
}
