import { constants } from 'node:os';

/** What the command's exit status tells a script. */
export const ExitStatus = {
  found: 0,
  nothingMatched: 1,
  wrongUsage: 2,
  noSourceWorked: 3,
  /** A fault of Portolan's own (EX_SOFTWARE, sysexits.h). */
  fault: 70,
  /** What a shell reports for a program that SIGINT ended. */
  interrupted: 130,
} as const;

/** One of those, or the exit status of the command that `run` or `wait` ran. */
export type ExitStatus = number;

/** The exit status that a shell reports for a program that a signal ended. */
export function signalStatus(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
