import { readProcStat } from '../processes/read-process.js';
import { siteOfProcess } from './local-site.js';
import type { Place } from './place.js';
import { PlaceError } from './place-error.js';
import type { LocalSite } from './site.js';

/** The place `pid:PID`: the network namespace that a process is in now, for as long as the process runs. */
export class PidPlace implements Place {
  readonly name: string;
  readonly changes = true;
  readonly isMany = false;
  readonly #pid: number;
  #startTicks: number | undefined;
  #last: LocalSite | undefined;

  constructor(pid: number) {
    this.name = `pid:${pid}`;
    this.#pid = pid;
  }

  async find(): Promise<readonly LocalSite[]> {
    const startTicks = readProcStat(this.#pid)?.startTicks;
    if (startTicks === undefined) throw new PlaceError(this.name, 'there is no such process');
    this.#startTicks ??= startTicks;
    if (startTicks !== this.#startTicks) throw new PlaceError(this.name, 'that process has ended');
    this.#last = siteOfProcess(this.name, this.#pid, this.#last);
    return [this.#last];
  }

  async close(): Promise<void> {}
}
