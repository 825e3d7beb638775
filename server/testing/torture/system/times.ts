/** What the server is told, in milliseconds. */
export const LEASES = { queuedMs: 3_000, runningMs: 5_000, graceMs: 1_000 };

/**
 * Kept from the processor for so long, or left without an answer by a server that nobody hurts, this program calls the
 * machine too busy for such leases: what is lost then says nothing about the product.
 */
export const BUSY_MS = 400;

/**
 * An interruption of at most so long must cost no lease. A runner asks again every third of the shorter lease (1 s), and a
 * lease counts from before that wait, so 2 s are left; the first three pauses between tries take 0.75 s in the mean.
 */
export const HARMLESS_MS = 400;
/** After a long interruption the runner may wait so long before it asks again. */
export const BACKOFF_MS = 6_000;
/** From the end of an attempt to the end of its last process: the runner looks for leftovers once a second, then the grace. */
export const CLEAR_UP_MS = 4_000;
/** Three leases of a task that nobody starts, a running one, and time for a machine that is busy. */
export const SETTLE_MS = 45_000;
/** The pause between two tries to deliver output grows to 15 s. */
export const LOGS_MS = 40_000;
