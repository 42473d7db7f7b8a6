import { expect, it } from 'vitest';
import { type Asker, planEnd } from '../../src/ending/plan.js';
import { heldListener, listener, processOf } from '../listeners.js';

const ASKER: Asker = {
  lineage: [500, 400, 1],
  isRoot: false,
  maySignal: () => true,
  isAskedFor: () => true,
};

it('ends all who hold a port, each once and the oldest first', () => {
  const master = processOf({ pid: 900, startTicks: 10 });
  const worker = processOf({ pid: 20, startTicks: 11 });
  const listeners = [
    heldListener([worker, master]),
    heldListener([worker, master], { family: 6, address: '::1' }),
  ];
  const { targets, obstacles } = planEnd(listeners, ASKER);
  expect(targets.map(({ pid }) => pid)).toEqual([900, 20]);
  expect(obstacles).toEqual([]);
});

it.each([
  [heldListener([processOf({ pid: 1, name: 'systemd' })]), 'systemd (pid 1), the first process of all'],
  [heldListener([processOf({ pid: 500 })]), 'node (pid 500), which is this command itself'],
  [heldListener([processOf({ pid: 400 })]), 'node (pid 400), which this command descends from'],
  [
    heldListener([processOf({ name: 'docker-proxy', leadsTo: { address: null, port: null } })]),
    'belongs to a container, through docker-proxy (pid 812)',
  ],
  [listener({ processes: [] }), "who holds tcp port 3000 can't be told"],
  [listener({ sockets: [{ holder: 'kernel' }] }), 'held by the kernel itself'],
  [listener({ sockets: [{ holder: 'hidden' }] }), 'only root may see; try: sudo portolan kill 3000'],
])('leaves alone what may not or can not be ended', (found, obstacle) => {
  const { targets, obstacles } = planEnd([found], ASKER);
  expect(targets).toEqual([]);
  expect(obstacles).toEqual([expect.stringContaining(obstacle)]);
});

it('says whose a process is that this user may not end', () => {
  const { obstacles } = planEnd([heldListener([processOf()])], { ...ASKER, maySignal: () => false });
  expect(obstacles).toEqual([
    'tcp port 3000 is held by node (pid 812) of user ada; try: sudo portolan kill 3000',
  ]);
});

it('leaves a port alone that somebody shares who was not asked for', () => {
  const shared = heldListener([processOf({ pid: 700 }), processOf({ pid: 701 })]);
  const { targets, obstacles } = planEnd([shared], { ...ASKER, isAskedFor: ({ pid }) => pid === 700 });
  expect(targets).toEqual([]);
  expect(obstacles).toEqual([
    expect.stringContaining('held by node (pid 701) too, which the filters leave out'),
  ]);
});

it('sends nobody to root who is root already', () => {
  const hidden = listener({ sockets: [{ holder: 'hidden' }] });
  expect(planEnd([hidden], { ...ASKER, isRoot: true }).obstacles).toEqual([
    "tcp port 3000 is held by a process that can't be seen from in here, not even by root",
  ]);
});

it('leaves a port alone as a whole, and frees the others', () => {
  const shared = heldListener([processOf({ pid: 1, name: 'systemd' }), processOf({ pid: 700 })]);
  const beside = heldListener([processOf({ pid: 701 })], { address: '127.0.0.2' });
  const udp = heldListener([processOf({ pid: 702 })], { protocol: 'udp' });
  const { targets, obstacles, listeners } = planEnd([shared, beside, udp], ASKER);
  expect(targets.map(({ pid }) => pid)).toEqual([702]);
  expect(listeners).toEqual([udp]);
  expect(obstacles).toHaveLength(1);
});

it('plans for as many listeners as there are, on one port or on many, in no time', () => {
  const holder = processOf({ pid: 700 });
  const onePort = Array.from({ length: 200_000 }, () => heldListener([holder]));
  const manyPorts = Array.from({ length: 60_000 }, (_, i) => heldListener([holder], { port: i + 1 }));
  const began = performance.now();
  expect(planEnd(onePort, ASKER).listeners).toHaveLength(200_000);
  expect(planEnd(manyPorts, ASKER).targets).toEqual([holder]);
  // Port by port through all of them, it took a minute.
  expect(performance.now() - began).toBeLessThan(10_000);
});
