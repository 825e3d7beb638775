import { createHash, randomBytes } from "node:crypto";

/** Tokens made here start with these; tokens given by SWITCHYARD_INIT_* are taken as they are. */
export const API_TOKEN_PREFIX = "swy_api_";
export const RUNNER_TOKEN_PREFIX = "swy_run_";

/** Printable ASCII without spaces: what an Authorization header can carry. */
const TOKEN_TEXT = /^[\x21-\x7e]{16,200}$/;

/** Whether a text can be a token at all. */
export function isTokenText(text: string): boolean {
  return TOKEN_TEXT.test(text);
}

/** A new secret of 256 random bits; shown once, stored as `hashToken` of it. */
export function makeToken(prefix: typeof API_TOKEN_PREFIX | typeof RUNNER_TOKEN_PREFIX): string {
  return prefix + randomBytes(32).toString("base64url");
}

/** SHA-256 in hex: the only form in which a token is stored. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** The token of an `Authorization: Bearer` header, or null. */
export function bearerToken(request: { headers: { get(name: string): string | null } }): string | null {
  const match = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization")?.trim() ?? "");
  const token = match?.[1];
  return token !== undefined && isTokenText(token) ? token : null;
}
