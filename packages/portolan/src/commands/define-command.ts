import type { Command } from 'commander';
import type { ExitStatus } from '../exit/exit-status.js';

/** Adds a command to the program, and returns the command. */
export type DefineCommand = (program: Command, commandLine: CommandLine) => Command;

/** The command line that a command is defined for. */
export interface CommandLine {
  /** All of its words. Commander does not tell what stood before `--` and what behind it. */
  readonly args: readonly string[];
  /** Receives the exit status when the command has ended. */
  readonly end: (status: ExitStatus) => void;
}
