/** Sent with every answer. A Content-Security-Policy for scripts needs a nonce per answer and is set with the pages. */
const securityHeaders = [
  {
    key: "Content-Security-Policy",
    value: "base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'",
  },
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  { key: "Cross-Origin-Resource-Policy", value: "same-origin" },
  {
    key: "Permissions-Policy",
    value: "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), browsing-topics=()",
  },
];
/** Only where TLS ends in front of us: over plain HTTP a browser ignores it, and on a LAN it would lock people out. */
const transportSecurity = { key: "Strict-Transport-Security", value: "max-age=63072000; includeSubDomains" };

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
      { source: "/:path*", headers: securityHeaders },
      {
        source: "/:path*",
        has: [{ type: "header", key: "x-forwarded-proto", value: "https" }],
        headers: [transportSecurity],
      },
    ];
  },
};
