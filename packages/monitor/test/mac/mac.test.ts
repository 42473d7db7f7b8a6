import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MAC_LSOF } from '../fixtures/lsof-output.js';
import { MAC_PS_COMMAND, MAC_PS_UCOMM } from '../fixtures/ps-output.js';
import { MacMachine, RECORDED_LSOF, RECORDED_PS } from './mac-machine.js';

const LIST = `
  const { listListeners } = await import(DIST + 'index.js');
  console.log(JSON.stringify(await listListeners()));`;

describe('on macOS', () => {
  let machine: MacMachine;

  beforeEach(() => {
    machine = new MacMachine();
    machine.write('lsof.txt', MAC_LSOF);
    machine.write('ps-command.txt', MAC_PS_COMMAND);
    machine.write('ps-ucomm.txt', MAC_PS_UCOMM);
    machine.install('lsof', RECORDED_LSOF);
    machine.install('ps', RECORDED_PS);
  });

  afterEach(() => machine[Symbol.dispose]());

  function answerOf(source: string) {
    const { status, stdout, stderr } = machine.run(source);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return JSON.parse(stdout);
  }

  test.each([
    ['/proc', "await import('node:fs').then((fs) => fs.readFileSync('/proc/stat'))"],
    ['koffi', "process.getBuiltinModule('module').createRequire(DIST)('koffi')"],
  ])('a program that touches %s would be found out here', (what, source) => {
    const { status, stderr } = machine.run(source);
    expect({ status, stderr }).toEqual({
      status: 99,
      stderr: expect.stringContaining(`there is no ${what}`),
    });
  });

  test('lsof is the source, and ps tells the rest of the processes', () => {
    const { source, failures, listeners } = answerOf(LIST);
    expect({ source, failures }).toEqual({ source: 'lsof', failures: [] });
    const node = listeners.find(({ port }: { port: number }) => port === 8080);
    expect(node).toMatchObject({
      protocol: 'tcp',
      family: 6,
      address: '::',
      sockets: [{ inode: null, backlog: null, backlogLimit: null, holder: 'process' }],
    });
    // The worker, which lsof saw too, has ended since.
    expect(node.processes).toEqual([
      {
        namespacePid: 13122,
        pid: 13122,
        parentPid: 853,
        name: 'node',
        commandLine: ['node server.js  --name two words'],
        executable: null,
        uid: 501,
        user: 'ada',
        startedAt: '2026-12-07T09:12:44.000Z',
        startTicks: Date.UTC(2026, 11, 7, 9, 12, 44) / 10,
        workingDirectory: null,
        container: null,
        unit: null,
        cgroup: null,
        leadsTo: null,
        owners: [],
      },
    ]);
  });

  test.each([
    ['fails', 'exit 127'],
    ['prints something else', 'echo "ps: illegal option"'],
  ])('if ps %s, processes are known as far as lsof tells', (_, script) => {
    machine.install('ps', script);
    const { listeners } = answerOf(LIST);
    const { processes } = listeners.find(({ port }: { port: number }) => port === 8080);
    expect(processes).toMatchObject([
      {
        pid: 13122,
        parentPid: 853,
        name: 'node',
        uid: 501,
        user: 'ada',
        startTicks: null,
        commandLine: null,
      },
      { pid: 13130, parentPid: 13122 },
    ]);
  });

  test('who a pid belongs to is asked of ps', () => {
    const stats = answerOf(`
      const { readStat } = await import(DIST + 'index.js');
      console.log(JSON.stringify([readStat(853), readStat(4)]));`);
    const startTicks = Date.UTC(2026, 11, 6, 23, 59, 59) / 10;
    expect(stats).toEqual([{ name: 'Code Editor', parentPid: 1, startTicks }, null]);
  });

  test.each(['netlink', 'proc', 'ss'])('the source %s is refused', (name) => {
    const reason = answerOf(`
      const { listListeners } = await import(DIST + 'index.js');
      await listListeners({ sources: ['${name}'] }).catch(({ message }) => console.log(JSON.stringify(message)));`);
    expect(reason).toBe(`no source works: ${name}: only Linux has this; the source of macOS is lsof`);
  });

  test.each(['tracefs', 'destroy'])('the doorbell %s is refused', (doorbell) => {
    const error = answerOf(`
      const { PortMonitor } = await import(DIST + 'index.js');
      const monitor = new PortMonitor({ doorbell: '${doorbell}' });
      await monitor.start().catch(({ code, message }) => console.log(JSON.stringify({ code, message })));`);
    expect(error).toEqual({
      code: 'ERR_PORTOLAN_DOORBELL',
      message: `only Linux has the doorbell ${doorbell}; macOS has the clock alone`,
    });
  });

  test.each(['auto', 'clock'])('a monitor with the doorbell %s tells what changes', (doorbell) => {
    const events = answerOf(`
      import { execFileSync } from 'node:child_process';
      const { PortMonitor } = await import(DIST + 'index.js');
      const install = (text) => execFileSync('sh', ['-c', 'cat > "$(dirname "$(command -v lsof)")/lsof.txt"'], { input: text });
      const fields = (pid) => 'p' + pid + '\\0cnode\\0u501\\0\\nf3\\0tIPv4\\0d0x' + pid + '\\0PTCP\\0n*:80\\0TST=LISTEN\\0\\n';
      const monitor = new PortMonitor({ doorbell: '${doorbell}', cpuShare: 1 });
      const told = [];
      for (const type of ['opened', 'closed', 'changed', 'error', 'source'])
        monitor.on(type, ({ listener, changes }) => told.push([type, listener.processes.map(({ pid }) => pid), changes]));
      install('');
      await monitor.start();
      for (const text of [fields(13122), fields(853), '']) {
        const count = told.length;
        install(text);
        while (told.length === count) await new Promise((resolve) => setTimeout(resolve, 20));
      }
      await monitor.stop();
      console.log(JSON.stringify(told));`);
    expect(events).toEqual([
      ['opened', [13122], null],
      ['changed', [853], ['sockets']],
      ['closed', [853], null],
    ]);
  });
});
