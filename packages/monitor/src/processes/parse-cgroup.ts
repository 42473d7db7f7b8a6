/**
 * The names that container runtimes give a container's cgroup:
 *
 * - a bare id: the cgroupfs drivers of Docker, containerd, Kubernetes and ECS
 * - a scope: the systemd drivers
 * - `libpod-payload-ID`: Podman with `--cgroups=split`
 * - `SLICE:cri-containerd:ID`: containerd's cgroupfs driver, if it is given a systemd path
 *
 * The cgroups `crio-conmon-` and `libpod-conmon-` hold monitors, which run outside of their containers.
 */
const CONTAINER =
  /^(?:(?:docker|nerdctl|cri-containerd|crio|libpod|libpod-payload)-|.*:cri-containerd:)?([0-9a-f]{64})(?:\.scope)?$/;

/** What systemd names the cgroups of its units that hold processes (systemd.unit(5)); slices only hold other units. */
const UNIT = /^_?(.+\.(?:service|scope|socket|mount|swap))$/;

/**
 * The container id in /proc/PID/cgroup (cgroups(7)): lines of `HIERARCHY:CONTROLLERS:PATH`. Version 1 has several lines,
 * version 2 has one line `0::PATH`. A path outside of this cgroup namespace begins with `/../`. Of nested containers the
 * innermost counts.
 */
export function parseContainerId(bytes: Buffer): string | null {
  return firstOf(bytes, containerOf);
}

/** The innermost systemd unit in /proc/PID/cgroup. The scope that a container runtime makes for a container is none. */
export function parseUnit(bytes: Buffer): string | null {
  return firstOf(bytes, unitOf);
}

/** The path in the cgroup v2 hierarchy, from /proc/PID/cgroup. */
export function parseCgroupPath(bytes: Buffer): string | null {
  return /^0::(.*)$/m.exec(bytes.toString('utf8'))?.[1] ?? null;
}

/** The id of the innermost container that a cgroup's path names. */
export function containerOf(path: string): string | null {
  for (const name of innermostFirst(path)) {
    const id = CONTAINER.exec(name)?.[1];
    if (id !== undefined) return id;
  }
  return null;
}

/** The innermost systemd unit that a cgroup's path names, without the `_` that tells its folder from the kernel's files. */
export function unitOf(path: string): string | null {
  for (const name of innermostFirst(path)) {
    const unit = CONTAINER.test(name) ? undefined : UNIT.exec(name)?.[1];
    if (unit !== undefined) return unit;
  }
  return null;
}

function innermostFirst(path: string): string[] {
  return path.split('/').reverse();
}

function firstOf(bytes: Buffer, nameIn: (path: string) => string | null): string | null {
  for (const line of bytes.toString('latin1').split('\n')) {
    const path = /^\d+:[^:]*:(.*)$/.exec(line)?.[1];
    const name = path === undefined ? null : nameIn(path);
    if (name !== null) return name;
  }
  return null;
}
