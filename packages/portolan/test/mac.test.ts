import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MacMachine, TRANSLATED_LSOF } from '../../monitor/test/mac/mac-machine.js';
import { HAS_LSOF } from '../../monitor/test/test-namespace/has-lsof.js';
import { COMMAND, portolan } from './built-command.js';
import { freePort } from './free-port.js';
import { StartedProgram, startPython } from './started-program.js';

const SERVER = `
server = listen(sys.argv[1])
ready()
wait()`;

// The real lsof and ps of this machine, in the words of macOS.
describe.skipIf(!HAS_LSOF)('on macOS', () => {
  let machine: MacMachine;

  beforeAll(() => {
    machine = new MacMachine();
    machine.install('lsof', TRANSLATED_LSOF);
  });

  afterAll(() => machine[Symbol.dispose]());

  function onMac(...args: string[]) {
    return portolan(args, { env: machine.env });
  }

  function startOnMac(...args: string[]) {
    return new StartedProgram(process.execPath, [COMMAND, ...args], machine.env);
  }

  it('portolan lists a port with its process', async () => {
    const port = String(await freePort());
    await using server = await startPython(SERVER, { args: [port] });
    const { status, stdout, stderr } = await onMac(port);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(
      new RegExp(`^tcp +127\\.0\\.0\\.1 +${port} +python3? +${server.pid} +\\w+ +\\S*python3 -c`, 'm'),
    );
  });

  it('portolan watch tells what opens and closes, and refuses the doorbells of Linux', async () => {
    const port = String(await freePort());
    await using watch = startOnMac('watch', port);
    await watch.says('is not open');
    {
      await using server = await startPython(SERVER, { args: [port] });
      await watch.says(`python3 (pid ${server.pid})`);
    }
    await watch.says('open for');
    const { status, stderr } = await onMac('watch', '--doorbell', 'tracefs');
    expect({ status, stderr }).toEqual({
      status: 3,
      stderr: 'portolan: only Linux has the doorbell tracefs; macOS has the clock alone\n',
    });
  });

  it('portolan wait returns when a port listens', async () => {
    const port = String(await freePort());
    await using wait = startOnMac('wait', port);
    await using _ = await startPython(SERVER, { args: [port] });
    expect(await wait.ended).toBe(0);
  });

  it('portolan kill frees a port', async () => {
    const port = String(await freePort());
    await using server = await startPython(SERVER, { args: [port] });
    const { status, stderr } = await onMac('kill', port, '--yes');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(await server.ended).toBe('SIGTERM');
  });

  it('portolan kill does not end what it descends from', async () => {
    const port = String(await freePort());
    const command = `subprocess.run([${JSON.stringify(process.execPath)}, ${JSON.stringify(COMMAND)}, 'kill', sys.argv[1], '--yes'],
      capture_output=True, text=True, env={**os.environ, **json.loads(sys.argv[2])})`;
    const script = `import json, subprocess
server = listen(sys.argv[1])
print(${command}.stderr, flush=True)
ready()
wait()`;
    await using server = await startPython(script, { args: [port, JSON.stringify(machine.env)] });
    expect(server.output).toContain('which this command descends from');
  });
});
