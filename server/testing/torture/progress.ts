import { say } from "../../start/progress.mjs";
import type { Failure } from "./tier";

const TERMINAL_EVERY_MS = 3_000;
const FILE_EVERY_MS = 30_000;
const VIOLATIONS_SHOWN = 20;

/** Says how far it is, but not more often than anybody reads. */
export class Progress {
  private readonly everyMs = process.stdout.isTTY ? TERMINAL_EVERY_MS : FILE_EVERY_MS;

  /** Shows a line now and then until it is told to stop. */
  every(line: () => string): () => void {
    const timer = setInterval(() => say(`  · ${line()}`), this.everyMs);
    timer.unref();
    return () => clearInterval(timer);
  }
}

/** Everything that helps to find the mistake: what was violated, what was done, and how to see it again. */
export function showFailure({ tier, seed, schedule, violations, story }: Failure): void {
  say(`\n✗ ${tier}, seed ${seed}, schedule ${schedule}`);
  for (const violation of violations.slice(0, VIOLATIONS_SHOWN)) say(`    ${violation}`);
  if (violations.length > VIOLATIONS_SHOWN) say(`    and ${violations.length - VIOLATIONS_SHOWN} more`);
  say("  what was done:");
  for (const line of story) say(`    ${line}`);
  say(`  again: npm run torture -- --tier ${tier} --seed ${seed} --schedule ${schedule}\n`);
}
