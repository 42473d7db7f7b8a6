import { execFileSync } from 'node:child_process';
import { ListenerReader } from '@portolan/monitor';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAll, randomSockets } from '../../../monitor/test/test-namespace/random-sockets.js';
import {
  enterTestNamespace,
  MAY_MAKE_NAMESPACES,
} from '../../../monitor/test/test-namespace/test-namespace.js';
import { renderSsFormat } from '../../src/render/ss-format.js';

/** The columns of each line; iproute2 lays them out differently from version to version. */
function rows(output: string): string[] {
  const [, ...lines] = output.trimEnd().split('\n');
  return lines.map((line) => line.trim().replaceAll(/\s+/g, ' ')).sort();
}

describe.skipIf(!MAY_MAKE_NAMESPACES)('the ss format, from netlink', () => {
  const reader = new ListenerReader({ sources: ['netlink'], processes: false });
  let compared = 0;

  beforeAll(enterTestNamespace);
  afterAll(async () => {
    await reader.close();
    console.log(`ss format: ${compared} lines like those of the real ss`);
  });

  test('is what the real ss -lntu prints for the same sockets, line by line', async () => {
    await fc.assert(
      fc.asyncProperty(randomSockets, async (plans) => {
        const opened = openAll(plans);
        try {
          const ours = rows(renderSsFormat((await reader.look()).listeners));
          const env = { ...process.env, LC_ALL: 'C' };
          expect(ours).toEqual(rows(execFileSync('ss', ['-lntu'], { encoding: 'utf8', env })));
          expect(ours).toHaveLength(opened.filter(({ listens }) => listens).length);
          compared += ours.length;
        } finally {
          for (const socket of opened) socket[Symbol.dispose]();
        }
      }),
      { numRuns: 50 },
    );
  });
});
