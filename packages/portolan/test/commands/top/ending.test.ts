import { describe, expect, it } from 'vitest';
import { heldListener, listener, processOf } from '../../listeners.js';
import { TopScreen } from './top-screen.js';

const NODE = processOf();
const WEB = heldListener([NODE]);

describe('ending a process', () => {
  it('asks, and does it for a yes', () => {
    const screen = new TopScreen([WEB]).type('jx');
    expect(screen.status).toBe('End node (pid 812)? [y/N]');
    expect(screen.effects).toEqual([]);
    screen.type('y');
    expect(screen.effects).toEqual([{ type: 'end', target: NODE, signal: 'SIGTERM' }]);
  });

  it.each(['n', '\r', '\x1b', 'x', '\x1b[200~y\x1b[201~'])('does nothing for %j', (answer) => {
    const screen = new TopScreen([WEB]).type(`jx${answer}`);
    expect(screen.effects).toEqual([]);
    expect(screen.status).toContain('1 listener');
  });

  it('offers force the second time, for the same process only', () => {
    const screen = new TopScreen([WEB]).type('jxyx');
    expect(screen.status).toBe('node (pid 812) was asked to end. End it by force (SIGKILL)? [y/N]');
    screen.type('y');
    expect(screen.effects.at(-1)).toMatchObject({ signal: 'SIGKILL' });
    const successor = heldListener([processOf({ startTicks: 200 })]);
    expect(screen.look([successor]).type('x').status).toBe('End node (pid 812)? [y/N]');
  });

  it('keeps the answers in sight on a small screen, and says what is by force', () => {
    const screen = new TopScreen([WEB], { width: 20, height: 5 }).type('jx');
    expect(screen.status).toBe('End node (pid… [y/N]');
    expect(screen.type('yx').status).toBe('Kill node (pi… [y/N]');
  });

  it('keeps to the process that it asked about', () => {
    const screen = new TopScreen([WEB]).type('jx');
    screen.look([heldListener([processOf({ pid: 4 })])]).type('y');
    expect(screen.effects).toEqual([{ type: 'end', target: NODE, signal: 'SIGTERM' }]);
  });

  it('ends what is in another namespace of this machine, and nothing elsewhere', () => {
    const statusAt = (place: string, startedAt: Date | null = new Date()) =>
      new TopScreen([heldListener([processOf({ startedAt })], { place })]).type('jx').status;
    expect(statusAt('netns:blue')).toBe('End node (pid 812)? [y/N]');
    expect(statusAt('docker:web')).toBe('End node (pid 812)? [y/N]');
    const refusal = (place: string) => `node (pid 812) is at ${place}, and no process of this machine`;
    expect(statusAt('docker:web', null)).toBe(refusal('docker:web'));
    expect(statusAt('ssh:db')).toBe(refusal('ssh:db'));
    expect(statusAt('exec:chroot /srv')).toBe(refusal('exec:chroot /srv'));
  });

  it('takes the oldest of several, which made the others', () => {
    const processes = [processOf({ pid: 3, startTicks: 900 }), processOf({ pid: 40, startTicks: 800 })];
    expect(new TopScreen([heldListener(processes)]).type('jx').status).toBe('End node (pid 40)? [y/N]');
  });

  it.each([
    ['the first process', heldListener([processOf({ pid: 1, name: 'init' })]), 'init (pid 1) is never ended'],
    ['itself', heldListener([processOf({ pid: 5000 })]), 'node (pid 5000) is never ended: it is this view'],
    ['its ancestors', heldListener([processOf({ pid: 4000 })]), 'this view runs within it'],
    ['hidden ones', listener({ processes: [], sockets: [{ holder: 'hidden' }] }), "can't be seen"],
    ['the kernel', listener({ processes: [], sockets: [{ holder: 'kernel' }] }), 'held by the kernel itself'],
    [
      "a container's proxy",
      heldListener([processOf({ name: 'docker-proxy', leadsTo: { address: null, port: null } })]),
      'end that container instead',
    ],
  ])('is refused for %s', (_, one, reason) => {
    const screen = new TopScreen([one], { lineage: [5000, 4000] }).type('jx');
    expect(screen.status).toContain(reason);
    expect(screen.type('y').effects).toEqual([]);
  });

  it('is refused for what is closed, and where no row is selected', () => {
    expect(new TopScreen([WEB]).type('x').status).toBe('choose a row first, with the arrow keys');
    expect(new TopScreen([WEB]).type('j').look([]).type('x').status).toBe('port 3000 is closed already');
  });
});
