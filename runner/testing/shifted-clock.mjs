// Preloaded into a runner: moves its wall clock by the milliseconds in a file, while it runs. Monotonic clocks stay.
import { readFileSync } from "node:fs";

const file = process.env.TORTURE_CLOCK_FILE ?? "";
const LOOK_EVERY_MS = 20;
const TrueDate = Date;
let offset = 0;
let lookedAt = Number.NEGATIVE_INFINITY;

function shiftedNow() {
  if (performance.now() - lookedAt > LOOK_EVERY_MS) {
    lookedAt = performance.now();
    offset = Number(readFileSync(file, "utf8"));
  }
  return TrueDate.now() + offset;
}

globalThis.Date = new Proxy(TrueDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [shiftedNow()] : args, newTarget),
  apply: () => new TrueDate(shiftedNow()).toString(),
  get: (target, key) => (key === "now" ? shiftedNow : Reflect.get(target, key)),
});
