import { AUXV_FILE, SEPARATOR, TABLE_FILES } from './table-files.js';

/**
 * The script that a POSIX shell runs elsewhere. It needs `cat`, and `ls` for processes; everything else is built into the
 * shell. The shell reads the script from standard input, then requests, a line each: `NUMBER WHAT WORDS`. It ends when its
 * input ends. The requests and their answers:
 *
 * - `look`: `same`, or the part `tables`, which is {@link TABLE_FILES} without the rows of connections. A busy machine has
 *   too many connections to send.
 * - `holders INODE…`: the part `sockets`, which is `ls -Llin` of the descriptors that are these sockets. A first `ls` finds
 *   them by their links, which a file's name can forge. No name can forge what the second `ls` prints.
 * - `processes PID…`: the parts `PID/status` (with cgroup), `PID/stat` and `PID/cmdline`.
 *
 * A shell reads its script in pieces of any size, and may read the bytes behind it too. The whole script is therefore one
 * compound command. An answer to a request 0, which nobody sent, shows that the shell has read it.
 *
 * @param token part of every mark; the script has it in two halves, so that an echo of the script holds no mark
 */
export function shellScript(token: string): string {
  const half = token.length / 2;
  return `{
token=${token.slice(0, half)}''${token.slice(half)} old=none LC_ALL=C IFS='
'
set -f
echo; echo "$token 0 auxv"; cat ${AUXV_FILE} 2>&-; echo; echo "$token 0 end"
while IFS=' ' read -r number what words; do
mark="$token $number"
case $what in
(look)
new=$(for line in $(cat ${TABLE_FILES.join(' ')} 2>&-); do
case $line in
('${SEPARATOR}'*) echo "$line";;
(*' 01 '*) ;;
(*' 0A '*|*' 07 '*|*local_address*|*'	'*) echo "$line";;
esac
done)
if [ "$new" = "$old" ]; then
echo "$mark same"
else
old=$new
echo "$mark tables"; echo "$new"; echo "$mark end"
fi;;
(holders)
found=$(at=; for line in $(set +f; ls -ln /proc/[0-9]*/fd /proc/self/fd 2>&-); do
case $line in
(/proc/*[!0-9]*/fd:) at=;;
(/proc/[0-9]*/fd:) at=\${line%:};;
(*' -> socket:['*']')
inode=\${line##*\\[}; inode=\${inode%\\]}; fd=\${line%' -> '*}; fd=\${fd##*' '}
case $at" $words " in (/*" $inode "*) echo "$at/$fd";; esac;;
esac
done)
if [ "$found" ]; then
echo "$mark sockets"; ls -dLlin $found 2>&-; echo; echo "$mark end"
elif [ "$(command -v ls)" ]; then
echo "$mark end"
else
echo "$mark none"
fi;;
(processes)
(IFS=' '; for pid in $words; do
echo "$mark $pid/status"; cat /proc/$pid/status /proc/$pid/cgroup 2>&-; echo
echo "$mark $pid/stat"; cat /proc/$pid/stat 2>&-; echo
echo "$mark $pid/cmdline"; cat /proc/$pid/cmdline 2>&-; echo
done; echo "$mark end");;
esac
done
}
`;
}
