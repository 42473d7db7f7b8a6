/** What the command's exit status tells a script. */
export const ExitStatus = {
  found: 0,
  nothingMatched: 1,
  wrongUsage: 2,
  noSourceWorked: 3,
  /** A fault of Portolan's own (EX_SOFTWARE, sysexits.h). */
  fault: 70,
  /** As shells have it for a program that SIGINT ended. */
  interrupted: 130,
} as const;

/** One of those, or what the command that was run for somebody ended with. */
export type ExitStatus = number;
