import { execFile } from "node:child_process";
import { closeSync, constants, mkdirSync, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import path from "node:path";

export interface OutputPipe {
  /** What the step writes to. */
  writeFd: number;
  /** To be called as soon as the step has it: held open here, the pipe would never come to its end. */
  closeWriteEnd(): void;
  readable: Socket;
  /** Gives the pipe back: `clean` when its end was read, so that no process can still write to it. */
  release(clean: boolean): void;
}

/**
 * Named pipes, reused, for the output of steps. One pipe serves stdout and stderr of a step, because the order of writes to two
 * pipes is lost; and a real pipe, unlike the sockets that Node makes, can be opened again as /dev/stderr.
 */
export class PipePool {
  private readonly free: string[] = [];
  private made = 0;
  private making: Promise<void> | null = null;

  constructor(
    private readonly directory: string,
    private readonly batch: number,
  ) {
    rmSync(directory, { recursive: true, force: true });
  }

  async take(): Promise<OutputPipe> {
    for (;;) {
      const file = this.free.pop();
      if (file !== undefined) return this.open(file);
      this.making ??= this.make().finally(() => {
        this.making = null;
      });
      await this.making;
    }
  }

  private open(file: string): OutputPipe {
    // Opened for reading first and without waiting, so that opening for writing finds a reader.
    const readFd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    let writeFd: number;
    try {
      writeFd = openSync(file, constants.O_WRONLY);
    } catch (error) {
      closeSync(readFd);
      throw error;
    }
    const readable = new Socket({ fd: readFd, readable: true, writable: false });
    let isOpen = true;
    const closeWriteEnd = () => {
      if (isOpen) closeSync(writeFd);
      isOpen = false;
    };
    const release = (clean: boolean) => {
      closeWriteEnd();
      readable.destroy();
      if (clean) this.free.push(file);
      else rmSync(file, { force: true });
    };
    return { writeFd, closeWriteEnd, readable, release };
  }

  private async make(): Promise<void> {
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    const files = Array.from({ length: this.batch }, () => {
      this.made += 1;
      return path.join(this.directory, `pipe-${this.made}`);
    });
    await new Promise<void>((resolve, reject) => {
      execFile("mkfifo", ["-m", "600", ...files], (error, _stdout, stderr) => {
        if (!error) resolve();
        else
          reject(
            Object.assign(new Error(`no pipe for the output: ${stderr.trim() || error.message}`), diskFullIn(stderr)),
          );
      });
    });
    this.free.push(...files);
  }
}

function diskFullIn(stderr: string): { code?: string } {
  return /no space left/i.test(stderr) ? { code: "ENOSPC" } : {};
}
