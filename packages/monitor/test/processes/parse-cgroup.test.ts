import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { containerOf, parseContainerId, parseUnit, unitOf } from '../../src/processes/parse-cgroup.js';

const ID = '4f797c539e6c745de61a93ca3ff892358ecbcaccd8414d5db545c38428142970';
const NODE = '0123456789abcdef'.repeat(4);
const POD = 'podac04f3f2-1f2c-11e9-b015-1ebee232acfa';
const SLICE = POD.replaceAll('-', '_');

describe('the container of a process is known from its cgroup', () => {
  test.each([
    [
      'Docker, cgroupfs, version 1',
      `12:pids:/docker/${ID}\n11:cpu,cpuacct:/docker/${ID}\n1:name=systemd:/docker/${ID}`,
    ],
    ['Docker, cgroupfs, version 2', `0::/docker/${ID}`],
    ['Docker, systemd', `0::/system.slice/docker-${ID}.scope`],
    ['Docker, systemd inside', `0::/system.slice/docker-${ID}.scope/init.scope`],
    ['Docker, rootless', `0::/user.slice/user-1000.slice/user@1000.service/user.slice/docker-${ID}.scope`],
    ['Docker, a parent of its own', `0::/actions_job/${ID}`],
    ['Docker, no parent', `10:net_prio:/${ID}\n9:perf_event:/${ID}`],
    ['ECS', `9:perf_event:/ecs/task-1/c5a0a9d1/${ID}`],
    ['only some hierarchies', `13:misc:/\n12:rdma:/\n11:memory:/docker/${ID}\n0::/`],
    ['Kubernetes besteffort, cgroupfs', `11:memory:/kubepods/besteffort/${POD}/${ID}`],
    ['Kubernetes burstable, cgroupfs', `0::/kubepods/burstable/${POD}/${ID}`],
    ['Kubernetes guaranteed, cgroupfs', `0::/kubepods/${POD}/${ID}`],
    [
      'Kubernetes besteffort, containerd, systemd',
      `0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-${SLICE}.slice/cri-containerd-${ID}.scope`,
    ],
    [
      'Kubernetes burstable, CRI-O, systemd',
      `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-${SLICE}.slice/crio-${ID}.scope`,
    ],
    ['CRI-O, a cgroup inside', `0::/kubepods.slice/kubepods-${SLICE}.slice/crio-${ID}.scope/container`],
    ['Kubernetes guaranteed, Docker', `11:pids:/kubepods.slice/kubepods-${SLICE}.slice/docker-${ID}.scope`],
    ['CRI-O, cgroupfs', `0::/kubepods/besteffort/${POD}/crio-${ID}`],
    [
      'containerd with a systemd path and the cgroupfs driver',
      `7:cpu:/system.slice/containerd.service/kubepods-besteffort-${SLICE}.slice:cri-containerd:${ID}`,
    ],
    ['containerd, ctr and nerdctl', `0::/default/${ID}`],
    ['nerdctl, systemd', `0::/system.slice/nerdctl-${ID}.scope`],
    ['Podman', `0::/machine.slice/libpod-${ID}.scope`],
    ['Podman with crun', `0::/machine.slice/libpod-${ID}.scope/container`],
    [
      'Podman, rootless',
      `0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope/container`,
    ],
    ['Podman, cgroupfs', `11:memory:/libpod_parent/libpod-${ID}`],
    ['Podman in a unit, split', `0::/system.slice/web.service/libpod-payload-${ID}`],
    ['a cgroup namespace beside it', `0::/../${ID}`],
    ['a cgroup namespace far from it', `0::/../../../kubepods-besteffort.slice/cri-containerd-${ID}.scope`],
    ['a cgroup namespace and systemd', `0::/../docker-${ID}.scope`],
    ['a container in a container', `0::/docker/${NODE}/kubelet/kubepods/besteffort/${POD}/${ID}`],
    [
      'a container in a container, systemd',
      `0::/system.slice/docker-${NODE}.scope/kubelet.slice/cri-containerd-${ID}.scope`,
    ],
  ])('%s', (_, text) => {
    expect(parseContainerId(Buffer.from(`${text}\n`))).toBe(ID);
  });

  test.each([
    ['a unit', '0::/system.slice/ssh.service'],
    ['a session', '0::/user.slice/user-1000.slice/session-2.scope'],
    ['the root', '0::/'],
    ['a process inside its own cgroup namespace', '12:pids:/\n0::/'],
    ['the monitor of CRI-O', `0::/kubepods.slice/kubepods-${SLICE}.slice/crio-conmon-${ID}.scope`],
    ['the monitor of Podman', `0::/machine.slice/libpod-conmon-${ID}.scope`],
    ['a pod without a container', `0::/kubepods/besteffort/${POD}`],
    ['an id that is too short', `0::/docker/${ID.slice(1)}`],
    ['an id that is too long', `0::/docker/${ID}0`],
    ['an id in capitals', `0::/docker/${ID.toUpperCase()}`],
    ['an id that is a controller', `1:name=${ID}:/`],
    ['nothing', ''],
  ])('none: %s', (_, text) => {
    expect(parseContainerId(Buffer.from(`${text}\n`))).toBeNull();
  });

  test('the monitor of a container inside another is in the outer one', () => {
    const text = `0::/docker/${NODE}/kubelet.slice/crio-conmon-${ID}.scope\n`;
    expect(parseContainerId(Buffer.from(text))).toBe(NODE);
  });

  test('random bytes never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(parseContainerId(Buffer.from(bytes))).toSatisfy((id) => id === null || id.length === 64);
      }),
    );
  });
});

describe('the systemd unit of a cgroup', () => {
  test.each([
    ['/system.slice/ssh.service', 'ssh.service'],
    ['/system.slice/system-getty.slice/getty@tty1.service', 'getty@tty1.service'],
    ['/user.slice/user-1000.slice/session-3.scope', 'session-3.scope'],
    ['/user.slice/user-1000.slice/user@1000.service/app.slice/vite.service', 'vite.service'],
    ['/system.slice/postgresql.service/child', 'postgresql.service'],
    ['/system.slice/_cpu.service', 'cpu.service'],
    ['/system.slice', null],
    ['/', null],
    [`/system.slice/docker-${ID}.scope`, null],
    [`/system.slice/podman.service/libpod-${ID}.scope`, 'podman.service'],
  ])('%s is %s', (path, unit) => {
    expect(unitOf(path)).toBe(unit);
  });

  test('is read from /proc/PID/cgroup in either version', () => {
    expect(parseUnit(Buffer.from('4:memory:/\n1:name=systemd:/system.slice/cron.service\n0::/\n'))).toBe(
      'cron.service',
    );
    expect(parseUnit(Buffer.from('0::/system.slice/cron.service\n'))).toBe('cron.service');
  });

  test('and its container are told apart', () => {
    const path = `/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${ID}.scope`;
    expect(unitOf(path)).toBe('user@1000.service');
    expect(containerOf(path)).toBe(ID);
  });
});
