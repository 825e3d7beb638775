import { open } from "node:fs/promises";

const CHUNK_BYTES = 256 * 1024;

/** How many bytes the first `lines` whole lines of a file take, or all whole lines when there are fewer. */
export async function bytesOfLines(file: string, lines: number): Promise<number> {
  const handle = await open(file, "r");
  try {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    let position = 0;
    let end = 0;
    let left = lines;
    while (left > 0) {
      const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, position);
      if (bytesRead === 0) return end;
      for (let at = buffer.subarray(0, bytesRead).indexOf(10); at !== -1 && left > 0; left -= 1) {
        end = position + at + 1;
        at = buffer.subarray(0, bytesRead).indexOf(10, at + 1);
      }
      position += bytesRead;
    }
    return end;
  } finally {
    await handle.close();
  }
}
