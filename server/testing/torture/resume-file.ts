import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { StartError } from "../../start/progress.mjs";
import { TIERS, type TierName } from "./tier";

const ledger = z.object({
  version: z.literal(1),
  parts: z.array(
    z.object({
      tier: z.enum(TIERS),
      seed: z.int().min(0),
      /** Done so far, counted from schedule 0. */
      schedules: z.int().min(0),
      seconds: z.number().min(0),
      /** The numbers of those that found something. */
      failed: z.array(z.int().min(0)),
    }),
  ),
});
type Ledger = z.infer<typeof ledger>;
export type ResumePart = Ledger["parts"][number];

/** What has been done of each tier and seed, in memory and, where a file is named, on disk. */
export class ResumeFile {
  private readonly done: Ledger;

  /** Throws a `StartError` for a file that is not one of ours. */
  constructor(private readonly file: string | null) {
    this.done = file !== null && existsSync(file) ? read(file) : { version: 1, parts: [] };
  }

  /** Whether there is a file to save to. */
  get isKept(): boolean {
    return this.file !== null;
  }

  /** The part of a tier and seed; a new one has done nothing. */
  part(tier: TierName, seed: number): ResumePart {
    const known = this.done.parts.find((part) => part.tier === tier && part.seed === seed);
    if (known) return known;
    const part: ResumePart = { tier, seed, schedules: 0, seconds: 0, failed: [] };
    this.done.parts.push(part);
    return part;
  }

  /** Every part there is, of this campaign and of earlier ones. */
  parts(): readonly ResumePart[] {
    return this.done.parts;
  }

  /** Writes the file so that whoever reads it, after a kill too, finds the old or the new one whole. */
  save(): void {
    if (this.file === null) return;
    writeFileSync(`${this.file}.new`, `${JSON.stringify(this.done, null, 2)}\n`);
    renameSync(`${this.file}.new`, this.file);
  }
}

function read(file: string): Ledger {
  try {
    return ledger.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new StartError(`${file} is no file that --resume has written: ${why}`);
  }
}
