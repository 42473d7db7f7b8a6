import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { COMMAND } from '../../built-command.js';
import { IS_ROOT, NamedNamespace } from '../../named-namespace.js';

const MANY_LISTENERS = fileURLToPath(
  new URL('../../../../monitor/test/port-monitor/many-at-once/many-listeners.py', import.meta.url),
);
const LISTENERS = 3_000;

const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** Where a port is open already. */
const marked = new WeakSet<NamedNamespace>();

function startIn({ name }: NamedNamespace, program: string, args: readonly string[]) {
  const child = spawn('ip', ['netns', 'exec', name, program, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  started.push(child);
  return child;
}

/** Watches a namespace where one port is open already. What that is told of is left out. */
async function watch(namespace: NamedNamespace) {
  if (!marked.has(namespace)) await namespace.listen(9_999);
  marked.add(namespace);
  const watching = ['watch', '--ndjson', '--initial', '--doorbell', 'clock'];
  const child = startIn(namespace, process.execPath, [COMMAND, ...watching]);
  const lines = createInterface({ input: child.stdout });
  await once(lines, 'line');
  return { child, lines };
}

async function manyListeners(namespace: NamedNamespace) {
  const child = startIn(namespace, 'python3', [MANY_LISTENERS, '10000', String(LISTENERS)]);
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await answers.next();
  return async (order: 'open' | 'close') => {
    child.stdin.write(`${order}\n`);
    await answers.next();
  };
}

describe.skipIf(!IS_ROOT)('portolan watch', () => {
  test('tells each of thousands of ports that open and close at once', async () => {
    await using namespace = await NamedNamespace.made();
    const { child, lines } = await watch(namespace);
    const tell = await manyListeners(namespace);
    const types: string[] = [];
    lines.on('line', (line) => types.push(JSON.parse(line).type));
    const toldOf = (type: string) => types.filter((each) => each === type).length;
    await tell('open');
    while (toldOf('opened') < LISTENERS) await once(lines, 'line');
    await tell('close');
    while (toldOf('closed') < LISTENERS) await once(lines, 'line');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect([toldOf('opened'), toldOf('closed'), toldOf('missed')]).toEqual([LISTENERS, LISTENERS, 0]);
  });

  test('tells all to a reader who stood still meanwhile', async () => {
    await using namespace = await NamedNamespace.made();
    const { child, lines } = await watch(namespace);
    const tell = await manyListeners(namespace);
    lines.pause();
    for (const order of ['open', 'close'] as const) {
      const other = await watch(namespace);
      let left = LISTENERS;
      other.lines.on('line', (line) => {
        const { type, initial } = JSON.parse(line);
        if (type !== 'changed' && !initial) left--;
      });
      await tell(order);
      while (left > 0) await once(other.lines, 'line');
      other.child.kill('SIGKILL');
    }
    const types: string[] = [];
    lines.on('line', (line) => types.push(JSON.parse(line).type));
    const toldOf = (type: string) => types.filter((each) => each === type).length;
    lines.resume();
    while (toldOf('closed') < LISTENERS) await once(lines, 'line');
    expect([toldOf('opened'), toldOf('closed'), toldOf('missed')]).toEqual([LISTENERS, LISTENERS, 0]);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test('ends on SIGTERM though nobody reads what it prints', async () => {
    await using namespace = await NamedNamespace.made();
    const { child, lines } = await watch(namespace);
    const tell = await manyListeners(namespace);
    lines.pause();
    child.stdout.pause();
    const other = await watch(namespace);
    const isOther = once(other.lines, 'line');
    await tell('open');
    await isOther;
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
