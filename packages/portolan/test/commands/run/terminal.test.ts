import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMMAND } from '../../built-command.js';
import { freePort } from '../../free-port.js';
import { HAS_TMUX, Tmux } from '../../tmux.js';

const RUN = `${process.execPath} ${COMMAND} run --`;

/** Fills the screen, and tells the keys that it gets. */
const FULL_SCREEN = `
import curses, os
def main(screen):
    curses.curs_set(0)
    curses.start_color()
    curses.init_pair(1, curses.COLOR_YELLOW, curses.COLOR_BLUE)
    screen.border()
    screen.addstr(3, 5, 'full screen', curses.color_pair(1) | curses.A_BOLD)
    while True:
        key = screen.getkey()
        if key == 'q': break
        screen.addstr(5, 5, 'key ' + key + ' on %d by %d' % screen.getmaxyx())
curses.wrapper(main)
print('it has ended')
raise SystemExit(6)
`;

/**
 * Says how many interrupts it got, and ends after the second. It reads them from a pipe, as one that came just before
 * signal.pause() would not end that.
 */
const COUNTING = `
import os, signal, sys
reading, writing = os.pipe()
os.set_blocking(writing, False)
signal.set_wakeup_fd(writing)
signal.signal(signal.SIGINT, lambda *_: None)
print('counts', flush=True)
for count in 1, 2:
    os.read(reading, 1)
    print('interrupt', count, flush=True)
sys.exit(5)
`;

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'portolan-run-'));
  writeFileSync(join(directory, 'full-screen.py'), FULL_SCREEN);
  writeFileSync(join(directory, 'counting.py'), COUNTING);
});

afterEach(() => rmSync(directory, { recursive: true }));

/**
 * A cleared screen, with a prompt that waits: what is typed before that is echoed in front of it. The prompt is another one than
 * the shell's first, so that the screen is not taken for cleared before it is.
 */
const PROMPT_ALONE = /^%\s*$/;

/**
 * A terminal in which `go` runs a command in place of the prefix and a Python script, so that screens are comparable: it
 * does not echo ^C, since the kernel does so only after the signal, before or after what the command says of that.
 */
async function open(prefix: string, command: string): Promise<Tmux> {
  const terminal = await Tmux.open();
  writeFileSync(join(directory, 'go'), `exec ${prefix} ${command}\n`);
  await terminal.enter(`alias go='sh ${directory}/go'; stty -echoctl; PS1='% '; clear`);
  await terminal.shows(PROMPT_ALONE);
  return terminal;
}

const script = (name: string) => `python3 ${directory}/${name}`;

/** The shell has the terminal again: what is typed before that is echoed twice. */
const prompts = (terminal: Tmux) => terminal.shows(/\n%\s*$/);

describe.skipIf(!HAS_TMUX)('in a terminal, with portolan run and without', () => {
  /** Does the same in both and expects the same screens. */
  async function compare(command: string, act: (terminal: Tmux) => Promise<string[]>): Promise<string[]> {
    await using bare = await open('', command);
    const expected = await act(bare);
    await using run = await open(RUN, command);
    expect(await act(run)).toEqual(expected);
    return expected;
  }

  it('a full-screen program shows the same, gets the keys, is resized, and leaves the terminal as it was', async () => {
    const screens = await compare(script('full-screen.py'), async (terminal) => {
      const seen: string[] = [];
      const note = async () =>
        seen.push(await terminal.screen(true), await terminal.modes('alternate_on', 'cursor_flag'));
      await terminal.enter('go');
      await terminal.shows(/full screen/);
      await note();
      await terminal.type('x');
      await terminal.shows(/key x on 30 by 100/);
      await note();
      await terminal.resize(90, 25);
      await terminal.shows(/key KEY_RESIZE on 25 by 90/);
      await terminal.type('q');
      await terminal.shows(/it has ended/);
      await prompts(terminal);
      await terminal.enter('echo status $?; stty -a | cksum');
      await terminal.shows(/status 6\n\d/);
      await prompts(terminal);
      await note();
      return seen;
    });
    expect(screens).toHaveLength(6);
  });

  it('Ctrl-C reaches the command once each time', async () => {
    await compare(script('counting.py'), async (terminal) => {
      await terminal.enter('go');
      await terminal.shows(/counts/);
      await terminal.press('C-c');
      await terminal.shows(/interrupt 1/);
      await terminal.press('C-c');
      await terminal.shows(/interrupt 2/);
      await prompts(terminal);
      await terminal.enter('echo status $?');
      await terminal.shows(/status 5/);
      return [await prompts(terminal)];
    });
  });

  it.each([
    ['C-c', 130],
    ['C-\\', 131],
  ])('%s ends a command that does not mind it', async (key, status) => {
    await compare('sh -c "ulimit -c 0; echo sleeps; exec sleep 60"', async (terminal) => {
      await terminal.enter('ulimit -c 0; go');
      await terminal.shows(/^sleeps/m);
      await terminal.press(key);
      await prompts(terminal);
      await terminal.enter('echo status $?');
      await terminal.shows(new RegExp(`status ${status}`));
      return [await prompts(terminal)];
    });
  });

  it('Ctrl-Z stops a full-screen program, and fg brings it back', async () => {
    await compare(script('full-screen.py'), async (terminal) => {
      await terminal.enter('go');
      await terminal.shows(/full screen/);
      await terminal.press('C-z');
      await terminal.shows(/Stopped/);
      await prompts(terminal);
      const stopped = await terminal.modes('alternate_on');
      await terminal.enter('fg');
      await terminal.shows(/full screen/);
      await terminal.type('y');
      const screen = await terminal.shows(/key y/, { styles: true });
      await terminal.type('q');
      await terminal.shows(/it has ended/);
      await prompts(terminal);
      await terminal.enter('echo status $?');
      await terminal.shows(/status 6/);
      return [stopped, screen];
    });
  });

  it('a command that stops itself is seen as stopped', async () => {
    await compare("sh -c 'kill -STOP $$; echo goes on; exit 3'", async (terminal) => {
      await terminal.enter('go');
      await terminal.shows(/Stopped/);
      await prompts(terminal);
      await terminal.enter('fg; echo status $?');
      await terminal.shows(/goes on\nstatus 3/);
      return [(await prompts(terminal)).replace(/^.*Stopped.*$/m, 'Stopped')];
    });
  });

  it('a server says where it is found, in the terminal too', async () => {
    const port = await freePort();
    await using terminal = await open(RUN, `python3 -m http.server --bind 127.0.0.1 ${port}`);
    await terminal.enter('go');
    await terminal.shows(new RegExp(`http://localhost:${port} {2}python3 `));
    await terminal.press('C-c');
    await prompts(terminal);
    await terminal.enter('echo status $?');
    expect(await terminal.shows(/status 0/)).not.toContain('left running');
  });
});
