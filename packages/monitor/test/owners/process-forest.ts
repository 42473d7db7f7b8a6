import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('process-forest.py', import.meta.url));

/** A process that listens on some ports, at the end of a way down from its terminal. */
export interface Leaf {
  readonly ports: readonly number[];
  readonly pid: number;
  /** No ancestor leads back to its terminal. */
  readonly detached: boolean;
  /** Nothing is in its environment. */
  readonly cleared: boolean;
  /** No ancestor has its terminal's variable in its environment. */
  readonly unmarked: boolean;
  readonly how: readonly string[];
}

/** What is to grow. */
export interface ForestPlan {
  readonly seed: number;
  readonly leaves: number;
  readonly portsALeaf: number;
  readonly firstPort: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** A process from which a random tree grows. */
export interface ProcessForest extends AsyncDisposable {
  readonly pid: number;
  grow(): Promise<readonly Leaf[]>;
}

/** A forest that this process has planted. */
export function plant(plan: ForestPlan): ProcessForest {
  const child = spawn('python3', [SCRIPT, ...numbers(plan)], {
    env: { ...process.env, ...plan.environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return {
    pid: child.pid ?? 0,
    async grow() {
      child.stdin.write('\n');
      return JSON.parse(await firstLine(child.stdout));
    },
    async [Symbol.asyncDispose]() {
      const exit = once(child, 'exit');
      child.stdin.end();
      await exit;
    },
  };
}

/** A tmux server of the test's own, whose panes forests may grow in. */
export class TmuxGround implements AsyncDisposable {
  readonly #directory = mkdtempSync(join(tmpdir(), 'portolan-tmux-'));
  #count = 0;

  plant(plan: ForestPlan): ProcessForest {
    const number = this.#count++;
    const pipe = join(this.#directory, String(number));
    execFileSync('mkfifo', [pipe]);
    const environment = Object.entries(plan.environment).flatMap(([name, value]) => [
      '-e',
      `${name}=${value}`,
    ]);
    const place = number === 0 ? ['new-session', '-d', '-s', 'test'] : ['new-window', '-d', '-t', 'test'];
    const command = `exec python3 ${SCRIPT} ${numbers(plan).join(' ')} > ${pipe}`;
    const [pid = '', pane = ''] = this.#tmux(
      ...place,
      ...environment,
      '-P',
      '-F',
      '#{pane_pid} #{pane_id}',
      command,
    ).split(' ');
    // Through a program, since reading a pipe holds one of the few threads that Node reads files with.
    const { stdout: output } = spawn('cat', [pipe], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(output, 'close');
    return {
      pid: Number(pid),
      grow: async () => {
        this.#tmux('send-keys', '-t', pane, 'Enter');
        return JSON.parse(await firstLine(output));
      },
      [Symbol.asyncDispose]: async () => {
        this.#tmux('send-keys', '-t', pane, 'C-d');
        output.resume();
        await ended;
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#tmux('kill-server');
    } catch {
      // With its last pane it has ended by itself.
    }
    rmSync(this.#directory, { recursive: true });
  }

  #tmux(...args: string[]): string {
    const socket = join(this.#directory, 'server');
    return execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  }
}

function numbers({ seed, leaves, portsALeaf, firstPort }: ForestPlan): string[] {
  return [seed, leaves, portsALeaf, firstPort].map(String);
}

async function firstLine(stream: NodeJS.ReadableStream): Promise<string> {
  const lines = createInterface({ input: stream });
  const [line] = await once(lines, 'line');
  return line;
}
