import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { EngineError } from './engine-error.js';

/** What determines an engine's address: variables and files of the user. */
export interface EngineSettings {
  readonly environment: NodeJS.ProcessEnv;
  /** The user's home directory. */
  readonly home: string;
  /** Reads a file's text; undefined if there is no such file. */
  readonly readFile: (path: string) => string | undefined;
  readonly exists: (path: string) => boolean;
}

/**
 * Reads a file of settings.
 *
 * @returns undefined if there is no such file
 * @throws EngineError if it can't be read
 */
export function readSettingsFile(path: string, { readFile }: EngineSettings): string | undefined {
  try {
    return readFile(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new EngineError(`${path} can't be read (${code ?? message})`, { cause });
  }
}

/** The settings of this user, on this machine. */
export function engineSettings(environment: NodeJS.ProcessEnv = process.env): EngineSettings {
  return {
    environment,
    home: environment.HOME || homedir(),
    exists: existsSync,
    readFile: (path) => {
      try {
        return readFileSync(path, 'utf8');
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
        throw error;
      }
    },
  };
}
