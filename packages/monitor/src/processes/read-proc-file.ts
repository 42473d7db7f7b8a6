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

/** What is read at once: most environments are shorter. */
const PIECE_LENGTH = 16 * 1024;

/** Reads a file of /proc piece by piece, up to `limit` bytes. Null if it is gone or may not be read. */
export function readWholeProcFile(path: string, limit: number): Buffer | null {
  try {
    const fd = openSync(path, 'r');
    try {
      return Buffer.concat([...pieces(fd, limit)]);
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}

/** Each is twice as long as the one before it, so that few are needed. */
function* pieces(fd: number, limit: number): Generator<Buffer> {
  for (let left = limit, wanted = PIECE_LENGTH; left > 0; wanted *= 2) {
    const piece = Buffer.allocUnsafe(Math.min(left, wanted));
    const length = readSync(fd, piece, 0, piece.length, null);
    if (length === 0) return;
    yield piece.subarray(0, length);
    left -= length;
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
