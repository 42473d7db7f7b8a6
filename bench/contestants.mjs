import { fileURLToPath } from 'node:url';

/**
 * Who is measured.
 *
 * @typedef {object} Entry
 * @property {string} name what the targets and the JSON call it
 * @property {string} title its row in the table
 * @property {readonly string[]} command what speaks the protocol of contestant.mjs
 * @property {string} [needs] what to install where it is missing
 * @property {true} [counts] it counts the listening sockets that it sees, and must see all of them
 */

const NODE = process.execPath;
const REFERENCE = fileURLToPath(new URL('../build/bench-reference', import.meta.url));
const LIST = fileURLToPath(new URL('../packages/portolan/dist/bin.js', import.meta.url));

const PORTOLAN = fileURLToPath(new URL('peers/portolan.mjs', import.meta.url));
const COMMAND = fileURLToPath(new URL('peers/command.mjs', import.meta.url));
const WHOLE_FILES = fileURLToPath(new URL('peers/whole-files.mjs', import.meta.url));
const PSUTIL = fileURLToPath(new URL('peers/psutil_connections.py', import.meta.url));
const SYSTEMINFORMATION = fileURLToPath(new URL('peers/systeminformation.mjs', import.meta.url));
const PID_PORT = fileURLToPath(new URL('peers/pid-port.mjs', import.meta.url));

const portolan = (...options) => [NODE, PORTOLAN, ...options];
const run = (...command) => [NODE, COMMAND, ...command];

/**
 * In the order of the table. Those whose ratio is a target stand side by side, and so take their turns.
 *
 * @param {boolean} ipv6 whether the namespace has IPv6 sockets
 * @returns {readonly Entry[]}
 */
export function contestants(ipv6) {
  const changed = ipv6 ? ['changed', 'ipv6'] : ['changed'];
  return [
    {
      name: 'reference',
      title: 'C program, a dump for each protocol and family',
      command: [REFERENCE],
      counts: true,
    },
    { name: 'netlink', title: '**Portolan**, netlink', command: portolan('netlink'), counts: true },
    {
      name: 'netlink-changed',
      title: '**Portolan**, netlink, every answer changed',
      command: portolan('netlink', ...changed),
    },
    {
      name: 'netlink-processes',
      title: '**Portolan**, netlink, with processes',
      command: portolan('netlink', 'processes'),
      counts: true,
    },
    { name: 'proc', title: '**Portolan**, proc', command: portolan('proc'), counts: true },
    {
      name: 'proc-changed',
      title: '**Portolan**, proc, every answer changed',
      command: portolan('proc', ...changed),
    },
    {
      name: 'whole-files',
      title: 'the four `/proc/net` files read whole',
      command: [NODE, WHOLE_FILES],
    },
    {
      name: 'ss-source',
      title: '**Portolan**, ss',
      command: portolan('ss'),
      needs: 'apt-get install iproute2',
      counts: true,
    },
    {
      name: 'ss',
      title: '`ss -lntu`, spawned',
      command: run('ss', '-lntu'),
      needs: 'apt-get install iproute2',
    },
    {
      name: 'netstat',
      title: '`netstat -lntu`, spawned',
      command: run('netstat', '-lntu'),
      needs: 'apt-get install net-tools',
    },
    {
      name: 'lsof',
      title: '`lsof -nP -iTCP -sTCP:LISTEN`, spawned (TCP only, with processes)',
      command: run('lsof', '-nP', '-iTCP', '-sTCP:LISTEN'),
      needs: 'apt-get install lsof',
    },
    {
      name: 'psutil',
      title: 'psutil `net_connections()` (with processes)',
      command: ['/usr/bin/python3', PSUTIL],
      needs: 'apt-get install python3-psutil',
    },
    {
      name: 'systeminformation',
      title: 'systeminformation `networkConnections()` (with processes)',
      command: [NODE, SYSTEMINFORMATION],
      needs: 'npm install, and apt-get install net-tools',
    },
    {
      name: 'pid-port',
      title: 'pid-port `allPortsWithPid()` (with processes)',
      command: [NODE, PID_PORT],
      needs: 'npm install, and apt-get install iproute2',
    },
  ];
}

/** Whole commands, from the start of the process to its end. @type {readonly Entry[]} */
export const COMMANDS = [
  { name: 'node', title: '`node -e 0`', command: run(NODE, '-e', '0') },
  {
    name: 'command',
    title: '`portolan list --no-processes`',
    command: run(NODE, LIST, 'list', '--no-processes'),
  },
];
