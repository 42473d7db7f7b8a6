/** How long ssh may take to connect. */
const CONNECT_LIMIT_S = 5;
/** How long the shared connection is kept without anybody who uses it; it ends sooner where it is closed. */
const KEPT_S = 60;
/** After how many seconds of silence the other end is asked for a sign of life, and how many may stay without an answer. */
const SILENCE_LIMIT_S = 3;
const UNANSWERED_LIMIT = 2;

/**
 * The ssh(1) command that runs what is put behind it on another machine, without asking anybody for anything, over a
 * connection that later ones share (ssh_config(5), ControlMaster).
 *
 * @param target `[user@]hostname` or `ssh://[user@]hostname[:port]`, as checked by {@link checkSshTarget}
 * @param controlPath where the shared connection's socket is, 90 bytes at most
 */
export function sshCommand(target: string, controlPath: string): string[] {
  const options = [
    'BatchMode=yes',
    `ConnectTimeout=${CONNECT_LIMIT_S}`,
    `ServerAliveInterval=${SILENCE_LIMIT_S}`,
    `ServerAliveCountMax=${UNANSWERED_LIMIT}`,
    'ControlMaster=auto',
    `ControlPath=${escapeTokens(controlPath)}`,
    `ControlPersist=${KEPT_S}`,
    'ClearAllForwardings=yes',
  ];
  // No agent, no X11, no terminal.
  return ['ssh', ...options.flatMap((option) => ['-o', option]), '-a', '-x', '-T', '--', target];
}

/** The arguments of ssh that end the shared connection. */
export function sshExitArguments(target: string, controlPath: string): string[] {
  return ['-o', `ControlPath=${escapeTokens(controlPath)}`, '-O', 'exit', '--', target];
}

/**
 * @throws TypeError for a target that ssh would take for an option, or that holds what no name of a host or user has
 */
export function checkSshTarget(target: string): void {
  if (target === '') throw new TypeError('ssh needs a host');
  if (/[\s\p{C}]/u.test(target)) throw new TypeError('the host for ssh holds a blank or a control character');
  if (/(?:^|@|^ssh:\/\/)-/.test(target)) throw new TypeError('a host or user for ssh must not begin with -');
}

/** A word as a POSIX shell takes it for itself (XCU 2.2.2): as it is where it is plain, between single quotes otherwise. */
export function quoteWord(word: string): string {
  if (/^[\w@%+:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** ssh replaces `%h` and the like in the path of a socket. */
function escapeTokens(path: string): string {
  return path.replaceAll('%', '%%');
}
