import type { Listener } from '@portolan/monitor';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutStyles } from '../../../src/commands/top/line-style.js';
import { textWidth } from '../../../src/render/text-width.js';
import { listener, processOf } from '../../listeners.js';
import { TopScreen } from './top-screen.js';

const HOSTILE = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    '漢字カナ',
    '\x1b]0;title\x07',
    '\x1b[2J',
    'a\u202eb',
    'e\u0301\u0301',
    '😀👍🏽',
    '\\x1b',
    '\ud800',
  ),
);

const PROCESS = fc
  .record({
    pid: fc.integer({ min: 1, max: 20 }),
    name: HOSTILE,
    commandLine: fc.option(fc.array(HOSTILE, { maxLength: 4 })),
    executable: fc.option(HOSTILE),
    workingDirectory: fc.option(HOSTILE),
    user: fc.option(HOSTILE),
    container: fc.option(HOSTILE),
    unit: fc.option(HOSTILE),
    leadsTo: fc.option(fc.record({ address: fc.option(HOSTILE), port: fc.option(fc.nat()) })),
  })
  .map(processOf);

const LISTENER: fc.Arbitrary<Listener> = fc
  .record({
    place: fc.oneof(fc.constantFrom('self', 'netns:blue', 'ssh:db'), HOSTILE),
    protocol: fc.constantFrom('tcp', 'udp'),
    port: fc.integer({ min: 1, max: 12 }),
    address: fc.constantFrom('127.0.0.1', '0.0.0.0', '192.0.2.7'),
    owners: fc.array(HOSTILE, { maxLength: 2 }),
    processes: fc.option(fc.array(PROCESS, { maxLength: 3 })),
    sockets: fc.array(
      fc.record({
        inode: fc.option(fc.nat()),
        interface: fc.option(HOSTILE),
        cgroup: fc.option(HOSTILE),
        unit: fc.option(HOSTILE),
        holder: fc.constantFrom('process', 'hidden', 'kernel', null),
      }),
      { minLength: 1, maxLength: 5 },
    ),
  })
  .map((given) => listener(given));

const LISTENERS = fc.uniqueArray(LISTENER, {
  maxLength: 15,
  selector: ({ place, protocol, port, address }) => `${place} ${protocol} ${port} ${address}`,
});

type Step = (screen: TopScreen) => void;

const KEYS = [
  'j',
  'k',
  'G',
  'g',
  's',
  'S',
  '/',
  'i',
  '\r',
  '\x1b',
  'x',
  'y',
  'p',
  '?',
  '\x7f',
  '\x1b[5~',
  '\x1b[6~',
];

const STEP: fc.Arbitrary<Step> = fc.oneof(
  fc.constantFrom(...KEYS).map(
    (keys): Step =>
      (screen) =>
        screen.type(keys),
  ),
  HOSTILE.map(
    (text): Step =>
      (screen) =>
        screen.press({ type: 'paste', text }),
  ),
  fc.tuple(LISTENERS, LISTENERS).map(
    ([open, passed]): Step =>
      (screen) =>
        screen.look(open, passed),
  ),
  fc.integer({ min: 1, max: 5000 }).map(
    (ms): Step =>
      (screen) =>
        screen.wait(ms),
  ),
  HOSTILE.map(
    (problem): Step =>
      (screen) => {
        screen.state = { ...screen.state, problem, notice: problem };
      },
  ),
  fc.record({ width: fc.nat({ max: 130 }), height: fc.nat({ max: 30 }) }).map(
    (size): Step =>
      (screen) => {
        screen.size = size;
      },
  ),
);

describe('any screen', () => {
  it('fits the terminal and holds no control characters but styles, whatever is typed and whoever listens', () => {
    fc.assert(
      fc.property(
        LISTENERS,
        fc.array(STEP, { maxLength: 30 }),
        fc.boolean(),
        fc.boolean(),
        (open, steps, color, hasPlaces) => {
          const screen = new TopScreen(open, { hasPlaces });
          screen.color = color;
          for (const step of steps) {
            step(screen);
            const { lines } = screen.frame();
            expect(lines).toHaveLength(screen.size.height);
            const wrong = lines
              .map(withoutStyles)
              .filter((line) => /[\p{C}\p{Zl}\p{Zp}]/u.test(line) || textWidth(line) > screen.size.width);
            expect(wrong).toEqual([]);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
