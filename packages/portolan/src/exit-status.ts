/** What the command's exit status tells a script. */
export const ExitStatus = {
  found: 0,
  nothingMatched: 1,
  wrongUsage: 2,
  noSourceWorked: 3,
  /** A fault of Portolan's own (EX_SOFTWARE, sysexits.h). */
  fault: 70,
} as const;

export type ExitStatus = (typeof ExitStatus)[keyof typeof ExitStatus];
