import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HAS_TMUX, Tmux } from '../../tmux.js';
import { type Given, startTop } from './start-top.js';

let terminal: Tmux;

beforeEach(async () => {
  terminal = await Tmux.open();
});

afterEach(async () => {
  await terminal?.[Symbol.asyncDispose]();
});

const top = (args: string, given: Given = {}) => startTop(terminal, args, given);

describe.skipIf(!HAS_TMUX)('the terminal after portolan top', () => {
  const MODES = ['alternate_on', 'cursor_flag', 'wrap_flag'];

  /** Checks that the terminal is as it was: the shell's screen with what the view left of it, and its modes. */
  async function expectRestored(status: string): Promise<void> {
    const screen = await terminal.shows(new RegExp(`^ended with ${status}$`, 'm'));
    expect(screen).toContain('this was here before');
    expect(screen).not.toMatch(/PROTO|\? help/);
    expect(await terminal.modes(...MODES)).toBe('0 1 1');
    await terminal.enter('stty -a | grep -c " icanon.* echo "; echo checked');
    await terminal.shows(/^1\nchecked$/m);
  }

  /** The pid of the view, the only child of the shell. */
  async function pidOfTop(): Promise<number> {
    const shell = await terminal.modes('pane_pid');
    return Number((await readFile(`/proc/${shell}/task/${shell}/children`, 'utf8')).trim());
  }

  beforeEach(async () => {
    await terminal.enter('echo this was here before');
    await terminal.shows(/^this was here before$/m);
  });

  it.each([['q'], ['C-c']])('is as before when %s ended it', async (key) => {
    await top('1');
    expect(await terminal.modes(...MODES)).toBe('1 0 0');
    await terminal.press(key);
    await expectRestored('0');
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2', 'SIGALRM'] as const)(
    'is as before when %s ended it',
    async (signal) => {
      await top('1');
      process.kill(await pidOfTop(), signal);
      await expectRestored('0');
    },
  );

  it.each([
    ['an error that nobody caught', "throw new Error('boom')", '1'],
    ['a call of process.exit', 'process.exit(9)', '9'],
  ])('is as before when %s ended it', async (_, code, status) => {
    const module = `data:text/javascript,process.on('SIGUSR2',()=>{${encodeURIComponent(code)}})`;
    await top('1', { node: `--import "${module}"` });
    process.kill(await pidOfTop(), 'SIGUSR2');
    await expectRestored(status);
  });

  it('is lent to the shell by Ctrl-Z, and taken again by fg', async () => {
    await terminal.enter('set -m');
    await top('1');
    await terminal.press('C-z');
    await terminal.shows(/Stopped/);
    expect(await terminal.modes(...MODES)).toBe('0 1 1');
    await terminal.enter('fg');
    await terminal.shows(/^0 listeners/m);
    await terminal.press('q');
    await terminal.shows(/^[#$]$/m);
    expect(await terminal.modes(...MODES)).toBe('0 1 1');
  });

  it('is lent to the shell by SIGTSTP, each time', async () => {
    await terminal.enter('set -m');
    await top('1');
    const pid = await pidOfTop();
    for (let times = 1; times <= 2; times++) {
      process.kill(pid, 'SIGTSTP');
      await terminal.shows(/Stopped/);
      expect(await terminal.modes(...MODES)).toBe('0 1 1');
      await terminal.enter('clear; fg');
      await terminal.shows(/^0 listeners/m);
    }
    await terminal.press('q');
    await terminal.shows(/^[#$]$/m);
    expect(await terminal.modes(...MODES)).toBe('0 1 1');
  });

  it('reads single keys again by fg after SIGSTOP', async () => {
    await terminal.enter('set -m');
    await top('1');
    process.kill(await pidOfTop(), 'SIGSTOP');
    await terminal.shows(/Stopped/);
    // Nothing told the view to give the terminal back, in which Enter is no end of a line for a plain shell.
    // Other shells set the mode by themselves.
    await terminal.type('stty sane; clear; fg');
    await terminal.press('C-j');
    await terminal.showsNo(/Stopped/);
    await terminal.shows(/^0 listeners/m);
    await terminal.press('/', 'x');
    await terminal.shows(/^\/x +0 rows$/m);
    await terminal.press('C-c');
    await terminal.shows(/^[#$]$/m);
    expect(await terminal.modes(...MODES)).toBe('0 1 1');
  });
});
