/**
 * The names that container runtimes give a container's cgroup. Bare ids are those of the cgroupfs drivers of
 * Docker, containerd, Kubernetes and ECS; scopes those of the systemd drivers; `libpod-payload-` Podman's with
 * `--cgroups=split`; and `SLICE:cri-containerd:ID` what containerd makes of a systemd path with its cgroupfs
 * driver. The monitors `crio-conmon-` and `libpod-conmon-` run outside of their containers.
 */
const CONTAINER =
  /^(?:(?:docker|nerdctl|cri-containerd|crio|libpod|libpod-payload)-|.*:cri-containerd:)?([0-9a-f]{64})(?:\.scope)?$/;

/** What systemd names the cgroups of its units that hold processes (systemd.unit(5)); slices only hold other units. */
const UNIT = /^_?(.+\.(?:service|scope|socket|mount|swap))$/;

/**
 * The container id in /proc/PID/cgroup (cgroups(7)), lines of `HIERARCHY:CONTROLLERS:PATH`: several in version
 * 1, one `0::PATH` in version 2. A path seen from a cgroup namespace elsewhere begins with `/../`. Of nested
 * containers the innermost counts.
 */
export function parseContainerId(bytes: Buffer): string | null {
  return firstOf(bytes, containerOf);
}

/** The systemd unit in the same: the innermost, but not the scope that a container runtime has made for a container. */
export function parseUnit(bytes: Buffer): string | null {
  return firstOf(bytes, unitOf);
}

/** The path in the cgroup v2 hierarchy in the same. */
export function parseCgroupPath(bytes: Buffer): string | null {
  return /^0::(.*)$/m.exec(bytes.toString('utf8'))?.[1] ?? null;
}

/** The id of the container that a cgroup's path names, the innermost of several. */
export function containerOf(path: string): string | null {
  for (const name of innermostFirst(path)) {
    const id = CONTAINER.exec(name)?.[1];
    if (id !== undefined) return id;
  }
  return null;
}

/** The systemd unit that a cgroup's path names, without the `_` that keeps it apart from the kernel's own files. */
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
