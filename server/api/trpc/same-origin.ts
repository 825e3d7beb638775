import { AppError } from "../../errors";

/**
 * Refuses a state-changing request that a foreign page could have made: it must come from our own origin and be JSON,
 * which no form can send.
 */
export function requireSameOrigin(request: Request): void {
  const origin = request.headers.get("origin");
  if (origin === null || !ownHosts(request).includes(hostOf(origin)))
    throw new AppError("forbidden", "This request did not come from Switchyard's own pages.");
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") throw new AppError("unsupported_media_type", "Send application/json.");
}

function ownHosts(request: Request): string[] {
  const hosts = [request.headers.get("host") ?? new URL(request.url).host];
  // Behind a proxy that rewrites Host, the public address is the one people see.
  const publicUrl = process.env.SWITCHYARD_PUBLIC_URL;
  if (publicUrl) hosts.push(hostOf(publicUrl));
  return hosts.filter((host) => host !== "");
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "";
}
