import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMMAND, portolan } from '../built-command.js';
import { freePort } from '../free-port.js';
import { IS_ROOT, NamedNamespace } from '../named-namespace.js';
import { StartedProgram, startPortolan } from '../started-program.js';

const NOBODY = 65534;
const PORT = 3000;
const MAY_NOT_ENTER = 'only root may enter its network namespace (EPERM); try sudo';

interface Line {
  readonly type: string;
  readonly place: string;
  readonly state?: string;
  readonly listener?: { readonly place: string; readonly port: number };
}

describe.skipIf(!IS_ROOT)('with network namespaces', () => {
  let blue: NamedNamespace;
  let red: NamedNamespace;
  let programs: StartedProgram[] = [];

  beforeEach(async () => {
    blue = await NamedNamespace.made();
    red = await NamedNamespace.made();
  });

  afterEach(async () => {
    for (const program of programs) await program[Symbol.asyncDispose]();
    programs = [];
    await blue.remove();
    await red.remove();
  });

  const start = (...args: string[]) => {
    const program = startPortolan(args);
    programs.push(program);
    return program;
  };

  describe('portolan list --in', () => {
    it('tells the same port in two places apart, in a table and as JSON', async () => {
      const [inBlue, inRed] = [await blue.listen(PORT), await red.listen(PORT)];
      const asked = ['--in', blue.place, '--in', red.place];
      const [table, json, lines] = await Promise.all([
        portolan(asked),
        portolan(['--json', ...asked]),
        portolan(['--ndjson', '--no-processes', ...asked]),
      ]);
      expect(table).toMatchObject({ status: 0, stderr: '' });
      const [header, ...rows] = table.stdout.trimEnd().split('\n');
      expect(header).toMatch(/^PLACE +PROTO +ADDRESS +PORT +PROCESS +PID /);
      expect(rows).toEqual([
        expect.stringMatching(`^${blue.place}  tcp +127.0.0.1 +3000  python3 +${inBlue.pid} `),
        expect.stringMatching(`^${red.place}  tcp +127.0.0.1 +3000  python3 +${inRed.pid} `),
      ]);
      const { listeners, places } = JSON.parse(json.stdout);
      expect(listeners).toMatchObject([
        { place: blue.place, port: PORT, processes: [{ pid: inBlue.pid }] },
        { place: red.place, port: PORT, processes: [{ pid: inRed.pid }] },
      ]);
      expect(places).toMatchObject([
        { place: blue.place, reason: null },
        { place: red.place, reason: null },
      ]);
      const found = lines.stdout.trimEnd().split('\n');
      expect(found.map((line) => JSON.parse(line))).toMatchObject([
        { place: blue.place, processes: null },
        { place: red.place, processes: null },
      ]);
    });

    it('leaves the column out where only one place is asked for, as ss does', async () => {
      await blue.listen(PORT);
      const [table, ss, none] = await Promise.all([
        portolan(['--in', blue.place]),
        portolan(['--in', blue.place, '--format', 'ss']),
        portolan(['--in', red.place]),
      ]);
      expect(table.stdout).toMatch(/^PROTO .*\ntcp .* 3000 .*\n$/);
      expect(ss.stdout).toMatch(/\ntcp +LISTEN .*127\.0\.0\.1:3000 /);
      expect(none).toEqual({ status: 1, stdout: '', stderr: '' });
    });

    it('finds them all with --in all, under their names', async () => {
      await blue.listen(PORT);
      await red.listen(PORT);
      const { stdout } = await portolan(['--in', 'all', '--no-processes', String(PORT)]);
      expect(stdout).toMatch(/^PLACE /);
      expect(stdout).toContain(`\n${blue.place}  tcp `);
      expect(stdout).toContain(`\n${red.place}  tcp `);
    });

    it('prints what it can, and says of the rest in one line what would help', async () => {
      await blue.listen(PORT);
      const [one, gone] = await Promise.all([
        portolan(['--in', blue.place, '--in', red.place, '--in', 'self'], { uid: NOBODY }),
        portolan(['--in', 'netns:no such', '--in', blue.place]),
      ]);
      expect(one).toEqual({
        status: 3,
        stdout: expect.not.stringContaining('netns:'),
        stderr: `portolan: 2 places can't be looked at: ${blue.place}, ${red.place}: ${MAY_NOT_ENTER}\n`,
      });
      expect(gone).toEqual({
        status: 3,
        stdout: expect.stringContaining(`${blue.place}  tcp `),
        stderr: expect.stringMatching(/^portolan: netns:no such: there is no \/run\/netns\/no such; .*\n$/),
      });
    });

    it.each([['list'], ['watch'], ['wait', '1']])('ends %j with 3 and one line', async (...command) => {
      const [denied, gone] = await Promise.all([
        portolan([...command, '--in', blue.place], { uid: NOBODY }),
        portolan([...command, '--in', 'netns:nowhere']),
      ]);
      expect(denied).toEqual({
        status: 3,
        stdout: '',
        stderr: `portolan: ${blue.place}: ${MAY_NOT_ENTER}\n`,
      });
      expect(gone).toMatchObject({ status: 3, stdout: '' });
      expect(gone.stderr).toMatch(/^portolan: netns:nowhere: there is no \/run\/netns\/nowhere.*\n$/);
    });
  });

  describe('portolan watch --in', () => {
    it('tells of a namespace that comes with its listener, and goes', async () => {
      const watch = start('watch', '--in', 'all', '--ndjson', String(PORT));
      const own = new NamedNamespace();
      const linesOf = (): Line[] =>
        watch.output
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line))
          // If its process is found late, the event is told once more.
          .filter(({ place, type }) => place === own.place && type !== 'changed');
      await blue.listen(PORT);
      await watch.says(blue.place);
      await own.make();
      try {
        const server = await own.listen(PORT);
        await watch.says(`"place":"${own.place}","protocol"`);
        await server[Symbol.asyncDispose]();
      } finally {
        await own.remove();
      }
      await watch.says(`"state":"gone","reason":null,"place":"${own.place}"`);
      expect(linesOf().map(({ type, state }) => state ?? type)).toEqual([
        'appeared',
        'opened',
        'closed',
        'gone',
      ]);
      expect(linesOf()[1]?.listener).toMatchObject({ place: own.place, port: PORT });
    });

    it('has a column for several places, which --exec gets as PORTOLAN_PLACE', async () => {
      const port = await freePort();
      const watch = start(
        ...['watch', String(port), '--in', 'self', '--in', blue.place],
        ...['--shell', '--exec', 'echo $PORTOLAN_EVENT in $PORTOLAN_PLACE'],
      );
      await watch.says(`port ${port} is not open`);
      await blue.listen(port);
      await watch.says(`opened in ${blue.place}\n`);
      const line = (sign: string) => `^[\\d:.]+  ${sign}  ${blue.place}  tcp  127.0.0.1:${port}\\b`;
      expect(watch.output).toMatch(new RegExp(line('\\+'), 'm'));
      // A process that is not found soon is told as a change.
      await watch.says(new RegExp(`${line('[+~]')}.*python3`, 'm'));
    });

    it('says at the start in one line what can not be seen, and goes on', async () => {
      const port = await freePort();
      const command = [process.execPath, COMMAND, 'watch', '--in', 'all', String(port)];
      const user = ['--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups'];
      const watch = new StartedProgram('setpriv', [...user, ...command]);
      programs.push(watch);
      await watch.says(`port ${port} is not open`);
      const lines = watch.errors.split('\n').filter((line) => line.includes(MAY_NOT_ENTER));
      // Behind it may come what other programs make meanwhile.
      expect(lines[0]).toMatch(/^portolan: \d+ places can't be looked at: netns:/);
    });
  });

  describe('portolan wait --in', () => {
    it('returns when the port opens there, and for none of another place', async () => {
      await red.listen(PORT);
      const args = ['wait', String(PORT), '--in', blue.place, '--timeout'];
      expect(await portolan([...args, '300ms'])).toMatchObject({ status: 1 });
      const wait = start(...args, '20s');
      await blue.listen(PORT);
      expect(await wait.ended).toBe(0);
    });

    it('counts processes there, and gives up in time', async () => {
      await blue.listen(PORT);
      const args = ['wait', String(PORT), '--in', blue.place];
      const [found, missing] = await Promise.all([
        portolan([...args, '--process', 'python']),
        portolan([...args, '--process', 'no such process', '--timeout', '200ms']),
      ]);
      expect(found).toEqual({ status: 0, stdout: '', stderr: '' });
      expect(missing).toEqual({
        status: 1,
        stdout: '',
        stderr: 'portolan: gave up after 0.2 s: nothing listens on 3000\n',
      });
    });
  });
});
