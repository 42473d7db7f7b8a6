import { EventEmitter } from 'node:events';
import { openSync } from 'node:fs';
import type { ReadStream, WriteStream } from 'node:tty';
import { describe, expect, it } from 'vitest';
import { Screen } from '../../../src/commands/top/screen.js';

class FakeOutput extends EventEmitter {
  readonly fd = openSync('/dev/null', 'w');
  readonly writes: string[] = [];
  columns = 0;
  rows = 0;

  write(text: string): boolean {
    this.writes.push(text);
    return true;
  }
}

class FakeInput extends EventEmitter {
  isRaw = false;

  setRawMode(isRaw: boolean): this {
    this.isRaw = isRaw;
    return this;
  }
  setEncoding(): this {
    return this;
  }
  resume(): this {
    return this;
  }
  pause(): this {
    return this;
  }
}

function enteredScreen() {
  const input = new FakeInput();
  const output = new FakeOutput();
  const seen = { text: '', resizes: 0 };
  const screen = new Screen(
    input as unknown as ReadStream,
    output as unknown as WriteStream & { fd: number },
  );
  screen.enter({
    read: (chunk) => {
      seen.text += chunk;
    },
    resized: () => {
      seen.resizes += 1;
    },
    hungUp: () => undefined,
  });
  output.writes.length = 0;
  return { input, output, screen, seen };
}

describe('the screen', () => {
  it('writes only the lines that changed, in one write', () => {
    const { output, screen } = enteredScreen();
    screen.draw(['one', 'two', 'three']);
    screen.draw(['one', '2', 'three']);
    screen.draw(['one', '2', 'three']);
    expect(output.writes).toEqual([
      '\x1b[?2026h\x1b[2J\x1b[1;1Hone\x1b[2;1Htwo\x1b[3;1Hthree\x1b[?2026l',
      '\x1b[?2026h\x1b[2;1H\x1b[2K2\x1b[?2026l',
    ]);
    screen.leave();
  });

  it('draws everything anew after a change of its size', () => {
    const { output, screen, seen } = enteredScreen();
    screen.draw(['one']);
    output.emit('resize');
    screen.draw(['one']);
    expect(seen.resizes).toBe(1);
    expect(output.writes[1]).toContain('\x1b[2J\x1b[1;1Hone');
    screen.leave();
  });

  it('leaves nothing behind', () => {
    const before = process.listenerCount('exit');
    const { input, output, screen, seen } = enteredScreen();
    expect(input.isRaw).toBe(true);
    expect(process.listenerCount('exit')).toBe(before + 1);
    input.emit('data', 'j');
    screen.leave();
    input.emit('data', 'k');
    screen.draw(['one']);
    expect(seen.text).toBe('j');
    expect(input.isRaw).toBe(false);
    expect(output.writes).toEqual([]);
    expect(process.listenerCount('exit')).toBe(before);
    expect(input.eventNames()).toEqual([]);
    expect(output.eventNames()).toEqual([]);
  });

  it('takes a terminal that does not know its size for one of 80 by 24', () => {
    const { screen } = enteredScreen();
    expect(screen.size).toEqual({ width: 80, height: 24 });
    screen.leave();
  });
});
