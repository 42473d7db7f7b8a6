import { writeFileSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { OwnNamespace } from '../../../src/kernel/namespaces/network-namespace.js';
import { enterTestNamespace, MAY_MAKE_NAMESPACES } from '../../test-namespace/test-namespace.js';

describe.skipIf(!MAY_MAKE_NAMESPACES)('the own network namespace', () => {
  beforeAll(() => enterTestNamespace());

  afterEach(() => {
    vi.useRealTimers();
  });

  test('has other ephemeral ports within a second of when they were set', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const namespace = new OwnNamespace();
    setRange('20000 30000');
    expect(namespace.ephemeralPorts()).toEqual({ from: 20_000, to: 30_000 });
    setRange('40000 50000');
    expect(namespace.ephemeralPorts()).toEqual({ from: 20_000, to: 30_000 });
    vi.advanceTimersByTime(1001);
    expect(namespace.ephemeralPorts()).toEqual({ from: 40_000, to: 50_000 });
  });
});

function setRange(range: string): void {
  writeFileSync('/proc/sys/net/ipv4/ip_local_port_range', range);
}
