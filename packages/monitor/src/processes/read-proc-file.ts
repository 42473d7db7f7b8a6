import { closeSync, openSync, readlinkSync, readSync } from 'node:fs';

/** Reads the first bytes of a file of /proc, at most `limit`, in one read(2). Null if it is gone or may not be read. */
export function readProcFile(path: string, limit: number): Buffer | null {
  try {
    const fd = openSync(path, 'r');
    try {
      const buffer = Buffer.allocUnsafe(limit);
      return buffer.subarray(0, readSync(fd, buffer, 0, limit, null));
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}

/** Reads where a link of /proc leads; null if it is gone or may not be read. */
export function readProcLink(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
