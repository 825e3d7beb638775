/**
 * What a row of the benchmark is and what it is given. A row module is `bench/rows/<name>.mjs` and exports `row`.
 * @module
 */

/** Who is measured: the product, the floor, and the two job queues. */
export const SIDES = /** @type {const} */ (["switchyard", "floor", "graphile-worker", "pg-boss"]);

/**
 * @typedef {(typeof SIDES)[number]} Side
 *
 * One figure of one repeat: a plain number is Switchyard's own, an object has one number for each side that does this work.
 * @typedef {number | { [side in Side]?: number }} Figure
 *
 * What all repeats of one figure come to. `ratios` are Switchyard's over the side's, taken within a repeat, then the
 * median; a side that was not measured is absent.
 * @typedef {{ [side in Side]?: number } & { ratios: { [side in Side]?: number } }} Value
 *
 * @typedef {{
 *   api: (method: string, path: string, body?: unknown) => Promise<any>,
 *   newRunner: (name: string) => Promise<{ id: string, token: string }>,
 *   runnerToken: () => Promise<string>,
 *   url: string,
 *   port: number,
 *   apiToken: string,
 *   pgUrl: (database?: string) => string,
 *   freshDatabase: (name: string) => Promise<string>,
 *   checkpoint: () => Promise<void>,
 *   pids: () => { launcher: number, web: number[], postmaster: number },
 *   treeCpu: (pids: number[]) => number,
 *   sides: Side[],
 *   quick: boolean,
 *   repeat: number,
 *   say: (line: string) => void,
 *   fail: (who: string, error: unknown) => void,
 * }} Env
 *
 * `api` sends and reads JSON over a connection that is kept; `path` starts behind `/api/v1`, anything but 2xx throws.
 * `newRunner` makes one by `POST /runners`; `runnerToken` is the token of a new one. `pgUrl` is a superuser's address, by
 * default of the product's database; `freshDatabase` makes an empty one on the same server and gives its address.
 * `web` is whatever serves HTTP (descendants of the launcher); `treeCpu` is the CPU seconds that these processes and all
 * their descendants have used. `sides` is whom to measure, in another order each time. `repeat` counts from 0.
 * `fail` notes that a part of a row could not be measured, for the end of the report, and lets the rest go on.
 *
 * How one figure is shown; the row's own title and unit when it is not described.
 * @typedef {{ label?: string, unit?: string, digits?: number }} FigureFormat
 *
 * @typedef {{ text: string, reached: (values: { [figure: string]: Value }) => boolean | null }} Target
 *
 * @typedef {{
 *   name: string,
 *   title: string,
 *   unit: string,
 *   target?: Target,
 *   figures?: { [figure: string]: FigureFormat & { target?: Target } },
 *   once?: boolean,
 *   first?: boolean,
 *   measure: (env: Env) => Promise<{ figures: { [figure: string]: Figure } }>,
 * }} Row
 *
 * `target` belongs to the row's first figure; `figures[key].target` to that one. `reached` answers null when it cannot
 * be told. `figures` also gives the order in which they are shown. With `once` the row is measured in the first repeat only,
 * with `first` too and before all others, since what they leave behind keeps the database busy for a while.
 */
