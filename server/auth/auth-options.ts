import type { NextAuthOptions } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import type { Pool } from "../db/pool";
import { authSecret } from "./auth-secret";
import { authorizeSignIn } from "./authorize-sign-in";

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
        authorize: (raw, { headers }) => authorizeSignIn(db(), raw, headers),
      }),
    ],
    callbacks: {
      // The session names the user only; role and team are read again on every request.
      jwt: ({ token, user }) => (user ? { sub: user.id } : { ...token }),
    },
  };
}
