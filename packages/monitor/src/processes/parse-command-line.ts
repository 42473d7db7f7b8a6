/** How many bytes of a command line are kept. A reader reads one byte more, which shows that the line is longer. */
export const COMMAND_LINE_LIMIT = 4096;

/**
 * Parses /proc/PID/cmdline (proc_pid_cmdline(5)): each argument ends with a NUL. Zombies and kernel threads
 * have no arguments. If the line is longer than {@link COMMAND_LINE_LIMIT}, the last argument ends with `…`.
 *
 * Empty arguments at the end are dropped: servers that write a title over their arguments (nginx, PostgreSQL)
 * fill the rest with NULs.
 */
export function parseCommandLine(bytes: Buffer): string[] {
  const isCut = bytes.length > COMMAND_LINE_LIMIT;
  let end = isCut ? characterStart(bytes, COMMAND_LINE_LIMIT) : bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  const text = bytes.toString('utf8', 0, end) + (isCut ? '…' : '');
  return text === '' ? [] : text.split('\0');
}

/** The start of the UTF-8 character that a byte belongs to; the byte itself if it is not UTF-8. */
function characterStart(bytes: Buffer, index: number): number {
  for (let start = index; start > index - 4; start--) {
    if (!isContinuation(bytes[start])) return start;
  }
  return index;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0b1100_0000) === 0b1000_0000;
}
