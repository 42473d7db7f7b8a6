import { basename } from 'node:path';

/** Programs whose `exec` closes standard input without a flag (docker-container-exec(1), `kubectl exec --help`). */
const CLOSES_STDIN = ['docker', 'podman', 'nerdctl', 'kubectl', 'oc'];

/** The flag that keeps it open: `-i`, alone or together with other flags that take no value, or a long name. */
const KEEPS_STDIN = /^(?:-[dt]*i[dt]*|--(?:interactive|stdin)(?:=true)?)$/;

/**
 * Puts `-i` behind the `exec` of a command that would otherwise close standard input. `docker exec web` becomes
 * `docker exec -i web`, also behind `sudo` or `ssh me@host`.
 */
export function keepStdin(command: readonly string[]): string[] {
  const program = command.findIndex((word) => CLOSES_STDIN.includes(basename(word)));
  const exec = command.indexOf('exec', program + 1);
  if (program < 0 || exec < 0) return [...command];
  const flags = command.slice(exec + 1);
  const firstName = flags.findIndex((word) => !word.startsWith('-') || word === '--');
  const isKept = flags.slice(0, firstName < 0 ? undefined : firstName).some((word) => KEEPS_STDIN.test(word));
  return isKept ? [...command] : command.toSpliced(exec + 1, 0, '-i');
}
