import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PortEvent } from '@portolan/monitor';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { refuseDescriptors } from '../../../../monitor/test/refuse-descriptors.js';
import { EventCommand } from '../../../src/commands/watch/event-command.js';

const EVENT: PortEvent = {
  type: 'place',
  sequence: 1,
  at: new Date(0),
  place: 'self',
  state: 'appeared',
  reason: null,
};

const PATIENCE = { timeout: 60_000 };

let directory: string;
let told: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'portolan-exec-'));
  told = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    told += text;
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

/** Has a shell run this for one event. */
function start(script: string, limitMs?: number): EventCommand {
  const command = new EventCommand(
    ['/bin/sh', '-c', `cd ${directory}; ${script}`],
    limitMs === undefined ? {} : { limitMs },
  );
  void command.runForEach(only(EVENT));
  return command;
}

async function* only(event: PortEvent): AsyncGenerator<PortEvent> {
  yield event;
}

/** The number that the command has written to a file. */
async function writtenPid(file: string): Promise<number> {
  return vi.waitFor(() => {
    const text = readFileSync(join(directory, file), 'utf8');
    expect(text).toMatch(/^\d+\n$/);
    return Number(text);
  }, PATIENCE);
}

/** Resolves when there is no such process, or when it is only not reaped yet. */
async function gone(pid: number): Promise<void> {
  await vi.waitFor(() => expect(stateOf(pid)).toMatch(/^[ZX]?$/), PATIENCE);
}

function stateOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .charAt(0);
  } catch {
    return '';
  }
}

describe.skipIf(process.platform !== 'linux')('the command of --exec', () => {
  it('is ended with all that it started when its time is over', async () => {
    // Long enough for a shell to start on a busy machine.
    start('sleep 300 & echo $! > pid; wait; echo done', 2000);
    await gone(await writtenPid('pid'));
    await vi.waitFor(() => expect(told).toBe('portolan: --exec: /bin/sh was ended after 2 s\n'), PATIENCE);
  });

  it('is said to be ended by the signal that somebody else sent', async () => {
    start('kill -9 $$');
    await vi.waitFor(() => expect(told).toBe('portolan: --exec: /bin/sh was ended by SIGKILL\n'), PATIENCE);
  });

  it('lets the events wait while it runs, and is told of those that were too many', async () => {
    let taken = 0;
    async function* many() {
      for (; taken < 2; taken++) yield EVENT;
      yield { type: 'missed', missed: true, count: 7, sequence: 9, at: new Date(0) } as const;
    }
    const command = new EventCommand([
      '/bin/sh',
      '-c',
      `cd ${directory}; echo $$ > pid; until test -s go; do sleep 0.01; done`,
    ]);
    const ended = command.runForEach(many());
    await writtenPid('pid');
    expect(taken).toBe(0);
    writeFileSync(join(directory, 'go'), 'go');
    await ended;
    expect(taken).toBe(2);
    expect(told).toBe('portolan: the command of --exec is too slow: 7 events are left out\n');
  });

  it('is asked to end with all that it started when the watch ends, and nothing is said of it', async () => {
    const command = start(
      "sleep 300 & echo $! > sleeper; trap 'echo $$ > asked; exit 1' TERM; echo $$ > pid; wait",
    );
    const pid = await writtenPid('pid');
    await command.stop();
    expect(await writtenPid('asked')).toBe(pid);
    await gone(await writtenPid('sleeper'));
    expect(told).toBe('');
  });

  it('is killed when it does not end itself, with what has outlived it', async () => {
    const command = start(
      `sh -c 'trap "" TERM; echo $$ > deaf; while :; do sleep 1; done' & until test -s deaf; do sleep 0.1; done; echo $$ > pid; wait`,
    );
    await writtenPid('pid');
    const begin = performance.now();
    await command.stop();
    expect(performance.now() - begin).toBeLessThan(4000);
    await gone(await writtenPid('deaf'));
  });

  it('for which no descriptor is left is told of, and the next event runs it again', async () => {
    const refusing = refuseDescriptors();
    const command = start('exit 3');
    await vi.waitFor(() => expect(told).toContain("/bin/sh can't be run (EMFILE)"), PATIENCE);
    refusing[Symbol.dispose]();
    void command.runForEach(only(EVENT));
    await vi.waitFor(() => expect(told).toContain('/bin/sh ended with status 3'), PATIENCE);
  });
});
