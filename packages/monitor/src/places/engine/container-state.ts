/** A container as its engine knows it now. */
export interface ContainerState {
  /** 64 hexadecimal digits. */
  readonly id: string;
  /** The name, without the slash that engines put in front of it. */
  readonly name: string;
  readonly isRunning: boolean;
  /** The pid of its first process on the engine's machine; null if none runs. */
  readonly pid: number | null;
  /** When it was last started; null if it never was. */
  readonly startedAt: Date | null;
}

/** A running container. */
export type RunningContainer = Pick<ContainerState, 'id' | 'name'>;

/**
 * Parses the answer of ContainerInspect (Docker Engine API).
 *
 * @returns undefined if the value is something else
 */
export function parseContainerState(value: unknown): ContainerState | undefined {
  const { Id: id, Name, State } = fieldsOf(value);
  const { Running: isRunning, Pid: pid, StartedAt } = fieldsOf(State);
  const name = parseName(Name);
  if (!isContainerId(id) || name === undefined || typeof isRunning !== 'boolean') return undefined;
  const started = typeof StartedAt === 'string' ? new Date(StartedAt) : undefined;
  return {
    id,
    name,
    isRunning,
    pid: typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 0 ? pid : null,
    // The date of a container that was never started is in the year 1.
    startedAt: started !== undefined && started.getTime() > 0 ? started : null,
  };
}

/**
 * Parses the answer of ContainerList (Docker Engine API).
 *
 * @returns undefined if the value is something else
 */
export function parseContainerList(value: unknown): RunningContainer[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const containers: RunningContainer[] = [];
  for (const each of value) {
    const { Id: id, Names: names } = fieldsOf(each);
    // A name of the form /OTHER/ALIAS is the alias that another container has for this one.
    const name = Array.isArray(names) ? names.map(parseName).find((one) => one !== undefined) : undefined;
    if (!isContainerId(id) || name === undefined) return undefined;
    containers.push({ id, name });
  }
  return containers;
}

/** Whether a text can be a container's name, its id, or the beginning of its id (moby, daemon/names). */
export function isContainerName(text: string): boolean {
  return /^[a-zA-Z0-9][\w.-]{0,254}$/.test(text);
}

function parseName(value: unknown): string | undefined {
  const name = typeof value === 'string' ? value.replace(/^\//, '') : '';
  return isContainerName(name) ? name : undefined;
}

function isContainerId(value: unknown): value is string {
  return typeof value === 'string' && /^[\da-f]{64}$/.test(value);
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
