import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import path from "node:path";

const SIZE = "16m";
const PIECE = Buffer.alloc(64 * 1024);

/** A small file system of its own, to be filled up; only root can mount one. */
export class SmallDisk {
  private constructor(readonly dir: string) {}

  /** Mounts it on this directory; null where that is not possible, with the reason told once. */
  static mount(dir: string): SmallDisk | null {
    mkdirSync(dir, { recursive: true });
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", `size=${SIZE},mode=700`, "tmpfs", dir], { stdio: "pipe" });
      return new SmallDisk(dir);
    } catch (error) {
      tellOnce(error);
      return null;
    }
  }

  /** Leaves no byte free. */
  fill(): void {
    const file = openSync(this.filler, "w");
    try {
      for (let size = PIECE.length; size >= 1; ) {
        try {
          writeSync(file, PIECE, 0, size);
        } catch (error) {
          if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
          size = Math.floor(size / 2);
        }
      }
    } finally {
      closeSync(file);
    }
  }

  /** Gives the room back. */
  empty(): void {
    rmSync(this.filler, { force: true });
  }

  /** Undoes the mount; nothing may use it any more. */
  unmount(): void {
    execFileSync("umount", [this.dir], { stdio: "pipe" });
  }

  private get filler(): string {
    return path.join(this.dir, "filler");
  }
}

let isTold = false;

function tellOnce(error: unknown): void {
  if (isTold) return;
  isTold = true;
  const why = error instanceof Error ? error.message.trim().replaceAll("\n", " ") : String(error);
  process.stderr.write(`No small disk can be mounted here (${why}): instead of filling it, connections are cut.\n`);
}
