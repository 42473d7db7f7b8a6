import { expect, it } from 'vitest';
import { pendingPorts, portsText } from '../../../src/commands/wait/pending-ports.js';
import { listener } from '../../listeners.js';

const PORTS = [
  { from: 8000, to: 8003 },
  { from: 80, to: 80 },
];
const LISTENERS = [
  listener({ port: 8001 }),
  listener({ port: 8001, protocol: 'udp' }),
  listener({ port: 9000 }),
];

it('finds the ports that do not listen, as ranges', () => {
  const pending = pendingPorts(LISTENERS, { ports: PORTS, filter: {}, closed: false });
  expect(portsText(pending)).toBe('80, 8000, 8002-8003');
});

it('finds the ports that are open still, each once', () => {
  const pending = pendingPorts(LISTENERS, { ports: PORTS, filter: {}, closed: true });
  expect(portsText(pending)).toBe('8001');
});

it('goes by the filter', () => {
  const pending = pendingPorts(LISTENERS, { ports: PORTS, filter: { protocols: ['udp'] }, closed: false });
  expect(portsText(pending)).toBe('80, 8000, 8002-8003');
  expect(pendingPorts(LISTENERS, { ports: PORTS, filter: { families: [6] }, closed: true })).toEqual([]);
});
