import { SECURITY_HEADERS, TRANSPORT_SECURITY } from "./server/api/security-headers.mjs";

const asList = (headers) => Object.entries(headers).map(([key, value]) => ({ key, value }));

/** @type {import("next").NextConfig} */
export default {
  poweredByHeader: false,
  reactStrictMode: true,
  typedRoutes: false,
  // Another lockfile above the checkout must not move the root.
  turbopack: { root: import.meta.dirname },
  // `npm test` checks the types of everything; doing it again here would only slow down the first start.
  typescript: { ignoreBuildErrors: true },
  // Native code, and packages that must be one instance in the process.
  serverExternalPackages: ["@node-rs/argon2", "pg", "@prisma/client", "@prisma/adapter-pg"],
  async headers() {
    return [
      { source: "/:path*", headers: asList(SECURITY_HEADERS) },
      {
        source: "/:path*",
        has: [{ type: "header", key: "x-forwarded-proto", value: "https" }],
        headers: asList(TRANSPORT_SECURITY),
      },
    ];
  },
};
