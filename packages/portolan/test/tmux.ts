import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

const POLL_MS = 25;
const DEADLINE_MS = 60_000;

/** Tests in a real terminal are skipped without it; scripts/install-test-needs.sh brings it. */
export const HAS_TMUX = spawnSync('tmux', ['-V']).status === 0;

/** A terminal with a shell in it, on a tmux server of its own, which ends when it is disposed of. */
export class Tmux implements AsyncDisposable {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Opens one of 100 by 30. */
  static async open(): Promise<Tmux> {
    const tmux = new Tmux(await mkdtemp(join(tmpdir(), 'portolan-tmux-')));
    try {
      await tmux.command('new-session', '-d', '-x', '100', '-y', '30', 'sh');
      await tmux.command('set-option', '-g', 'escape-time', '0');
      await tmux.shows(/^[#$]/);
      return tmux;
    } catch (error) {
      await tmux[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Runs a command of tmux's, and returns what it prints. */
  async command(...args: readonly string[]): Promise<string> {
    const { NO_COLOR, FORCE_COLOR, TMUX, ...inherited } = process.env;
    const env = { ...inherited, ENV: '', LC_ALL: 'C.UTF-8', TERM: 'xterm-256color' };
    const socket = join(this.#directory, 'socket');
    const { stdout } = await run('tmux', ['-S', socket, '-u', '-f', '/dev/null', ...args], { env });
    return stdout;
  }

  /** Types text as it is. */
  async type(text: string): Promise<void> {
    await this.command('send-keys', '-l', text);
  }

  /** Presses keys by tmux's names for them: `Enter`, `C-c`. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.command('send-keys', ...keys);
  }

  /** Types a line into the shell. */
  async enter(line: string): Promise<void> {
    await this.type(line);
    await this.press('Enter');
  }

  async resize(width: number, height: number): Promise<void> {
    await this.command('resize-window', '-x', String(width), '-y', String(height));
  }

  /** @param styles with escape sequences for the styles */
  async screen(styles = false): Promise<string> {
    return this.command('capture-pane', '-p', ...(styles ? ['-e'] : []));
  }

  /** Waits until the screen matches, and returns it. */
  async shows(pattern: RegExp, { styles = false } = {}): Promise<string> {
    return this.showsThat(`matches ${pattern}`, (screen) => pattern.test(screen), styles);
  }

  /** Waits until the screen does not match any more, and returns it. */
  async showsNo(pattern: RegExp): Promise<string> {
    return this.showsThat(`does not match ${pattern}`, (screen) => !pattern.test(screen));
  }

  async showsThat(what: string, holds: (screen: string) => boolean, styles = false): Promise<string> {
    const deadline = performance.now() + DEADLINE_MS;
    for (;;) {
      const screen = await this.screen(styles);
      if (holds(screen)) return screen;
      if (performance.now() > deadline) throw new Error(`no screen that ${what}, but\n${screen}`);
      await delay(POLL_MS);
    }
  }

  /** What tmux knows of the pane: `alternate_on`, `cursor_flag`. */
  async modes(...names: readonly string[]): Promise<string> {
    const text = await this.command('display-message', '-p', names.map((name) => `#{${name}}`).join(' '));
    return text.trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.command('kill-server').catch(() => undefined); // It may have ended before.
    await rm(this.#directory, { recursive: true, force: true });
  }
}
