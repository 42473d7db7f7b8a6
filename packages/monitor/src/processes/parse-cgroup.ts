/**
 * The names that container runtimes give a container's cgroup. Bare ids are those of the cgroupfs drivers of
 * Docker, containerd, Kubernetes and ECS; scopes those of the systemd drivers; `libpod-payload-` Podman's with
 * `--cgroups=split`; and `SLICE:cri-containerd:ID` what containerd makes of a systemd path with its cgroupfs
 * driver. The monitors `crio-conmon-` and `libpod-conmon-` run outside of their containers.
 */
const CONTAINER =
  /^(?:(?:docker|nerdctl|cri-containerd|crio|libpod|libpod-payload)-|.*:cri-containerd:)?([0-9a-f]{64})(?:\.scope)?$/;

/**
 * The container id in /proc/PID/cgroup (cgroups(7)), lines of `HIERARCHY:CONTROLLERS:PATH`: several in version
 * 1, one `0::PATH` in version 2. A path seen from a cgroup namespace elsewhere begins with `/../`. Of nested
 * containers the innermost counts.
 */
export function parseContainerId(bytes: Buffer): string | null {
  for (const line of bytes.toString('latin1').split('\n')) {
    const path = /^\d+:[^:]*:(.*)$/.exec(line)?.[1];
    const id = path === undefined ? undefined : innermostContainer(path);
    if (id !== undefined) return id;
  }
  return null;
}

function innermostContainer(path: string): string | undefined {
  for (const name of path.split('/').reverse()) {
    const id = CONTAINER.exec(name)?.[1];
    if (id !== undefined) return id;
  }
  return undefined;
}
