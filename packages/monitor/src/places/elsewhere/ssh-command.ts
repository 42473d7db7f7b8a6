/** How long ssh may take to connect. */
const CONNECT_LIMIT_S = 5;
/** How long the shared connection stays open while nobody uses it, unless it is closed. */
const KEPT_S = 60;
/** After so many seconds of silence ssh asks the server for an answer. After so many unanswered questions it gives up. */
const SILENCE_LIMIT_S = 3;
const UNANSWERED_LIMIT = 2;

/**
 * The ssh(1) command that runs the words behind it on another machine. It never asks the user anything. All such commands
 * share one connection (ssh_config(5), ControlMaster).
 *
 * @param target `[user@]hostname` or `ssh://[user@]hostname[:port]`, as checked by {@link checkSshTarget}
 * @param controlPath the path of the shared connection's socket, 90 bytes at most
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

/** The arguments with which ssh ends the shared connection. */
export function sshExitArguments(target: string, controlPath: string): string[] {
  return ['-o', `ControlPath=${escapeTokens(controlPath)}`, '-O', 'exit', '--', target];
}

/**
 * Checks a target that comes from outside.
 *
 * @throws TypeError if ssh would take it for an option, or no host's or user's name has such characters
 */
export function checkSshTarget(target: string): void {
  if (target === '') throw new TypeError('ssh needs a host');
  if (/[\s\p{C}]/u.test(target)) throw new TypeError('the host for ssh holds a blank or a control character');
  if (/(?:^|@|^ssh:\/\/)-/.test(target)) throw new TypeError('a host or user for ssh must not begin with -');
}

/** Quotes a word for a POSIX shell (XCU 2.2.2). A plain word stays as it is, others get single quotes. */
export function quoteWord(word: string): string {
  if (/^[\w@%+:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** ssh replaces `%h` and similar tokens in the path of a socket. */
function escapeTokens(path: string): string {
  return path.replaceAll('%', '%%');
}
