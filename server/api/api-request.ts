/**
 * What handlers use of a request. A `Request` of the web platform is one; `nodeListener` makes one of node's own for a
 * fraction of its cost.
 */
export interface ApiRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  /** Aborted when the client leaves before the answer is complete. */
  readonly signal: AbortSignal;
  readonly body: AsyncIterable<Uint8Array> | null;
}
