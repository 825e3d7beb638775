/** Sent with every answer. A Content-Security-Policy for scripts needs a nonce per answer and is set with the pages. */
export const SECURITY_HEADERS = {
  "content-security-policy": "base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), browsing-topics=()",
};

/** Only where TLS ends in front of us: over plain HTTP a browser ignores it, and on a LAN it would lock people out. */
export const TRANSPORT_SECURITY = { "strict-transport-security": "max-age=63072000; includeSubDomains" };

/**
 * The same for an answer that Next does not give.
 * @param {import("node:http").IncomingMessage} request
 * @returns {Record<string, string>}
 */
export function securityHeaders(request) {
  return request.headers["x-forwarded-proto"] === "https"
    ? { ...SECURITY_HEADERS, ...TRANSPORT_SECURITY }
    : SECURITY_HEADERS;
}
