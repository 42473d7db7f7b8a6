import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RunningModule } from '../port-monitor/doorbells/run-module.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../test-namespace/test-namespace.js';
import { enterMountNamespace } from './mount-namespace.js';
import { type Namespaces, startNamespaces, type TestNamespace, tcp } from './namespaces.js';

const NOBODY = 65534;

describe.skipIf(!MAY_MAKE_NAMESPACES)('an ordinary user', () => {
  let namespaces: Namespaces;
  let red: TestNamespace;

  beforeAll(async () => {
    enterTestNamespace();
    enterMountNamespace();
    namespaces = await startNamespaces();
    red = await namespaces.makeOne('red', [tcp(80)], 'process');
    await namespaces.makeOne('blue', [tcp(81)]);
    execFileSync('chmod', ['755', '/run/netns']);
  });
  afterAll(() => namespaces[Symbol.asyncDispose]());

  async function asNobody(source: string): Promise<never> {
    const module = new RunningModule(
      `const { listListeners, PortMonitor } = await import(DIST + 'index.js');\n${source}`,
      NOBODY,
    );
    const line = await module.line();
    await module.end();
    return JSON.parse(line) as never;
  }

  test('sees what listens in the namespace of another user’s process, and is told why not by whom', async () => {
    const { listeners, places } = await asNobody(`
const { listeners, places } = await listListeners({ in: 'pid:${red.pid}' });
console.log(JSON.stringify({ listeners, places }));
`);
    expect(listeners).toMatchObject([{ port: 80, processes: [], sockets: [{ holder: 'hidden' }] }]);
    expect(places).toMatchObject([
      {
        place: `pid:${red.pid}`,
        source: 'proc',
        failures: [{ source: 'netlink', reason: expect.stringMatching(/only root may enter.*try sudo/) }],
      },
    ]);
  });

  test('is told that only root may look into a namespace by its name', async () => {
    const told = await asNobody(`
const outcomes = await Promise.all([
  listListeners({ in: 'netns:blue' }).catch(({ code, message }) => [code, message]),
  new PortMonitor({ in: 'netns:blue' }).start().catch(({ code, message }) => [code, message]),
]);
console.log(JSON.stringify(outcomes));
`);
    const refused = ['ERR_PORTOLAN_NO_SOURCE', expect.stringMatching(/only root may enter.*try sudo/)];
    expect(told).toEqual([refused, refused]);
  });

  test('sees of all what can be seen, and of the rest why not', async () => {
    const { listeners, places } = await asNobody(`
const { listeners, places } = await listListeners({ in: 'all', processes: false });
console.log(JSON.stringify({ listeners, places }));
`);
    expect(listeners).toContainEqual(expect.objectContaining({ place: `pid:${red.pid}`, port: 80 }));
    expect(places).toContainEqual(
      expect.objectContaining({
        place: 'netns:blue',
        source: null,
        reason: expect.stringMatching(/only root may enter.*try sudo/),
      }),
    );
    expect(places).toContainEqual(expect.objectContaining({ place: 'self', source: 'netlink' }));
  });

  test('is told once of what can’t be seen while all are watched', async () => {
    const { errors, sees } = await asNobody(`
const monitor = new PortMonitor({ in: 'all', processes: false, intervalMs: 10, cpuShare: 1 });
const errors = [];
monitor.on('error', ({ place, error }) => errors.push([place, error.message]));
await monitor.start();
for (let i = 0; i < 5; i++) await monitor.refresh();
// The clock makes looks too, among them those that try again what has failed.
await new Promise((resolve) => setTimeout(resolve, 1500));
const sees = monitor.listeners().map(({ place, port }) => place + ' ' + port);
await monitor.stop();
console.log(JSON.stringify({ errors, sees }));
`);
    expect((errors as [string, string][]).filter(([place]) => place === 'netns:blue')).toEqual([
      ['netns:blue', expect.stringMatching(/try sudo/)],
    ]);
    expect(sees).toContain(`pid:${red.pid} 80`);
  });
});
