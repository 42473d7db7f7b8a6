/**
 * What a network namespace is filled with, beside one TCP listener and one UDP socket on IPv4.
 *
 * @typedef {object} Scenario
 * @property {string} name
 * @property {string} title its column in the table
 * @property {number} connections established IPv4 connections
 * @property {number} listeners more TCP listeners
 * @property {boolean} ipv6 whether there are IPv6 listeners too
 * @property {readonly string[]} [only] the contestants that are measured in it; all where not given
 * @property {true} [commands] whole commands are measured in it too
 */

/** @type {readonly Scenario[]} */
export const SCENARIOS = [
  { name: 'idle', title: 'idle', connections: 0, listeners: 0, ipv6: false, commands: true },
  {
    name: 'idle-ipv6',
    title: 'idle, IPv6 listeners too',
    connections: 0,
    listeners: 0,
    ipv6: true,
    only: ['reference', 'netlink', 'netlink-changed', 'proc', 'proc-changed', 'whole-files', 'ss'],
  },
  { name: 'listeners', title: '1,000 listeners', connections: 0, listeners: 1000, ipv6: false },
  { name: '10k', title: '10,000 connections', connections: 10_000, listeners: 0, ipv6: false },
  { name: '100k', title: '100,000 connections', connections: 100_000, listeners: 0, ipv6: false },
  {
    name: '100k-ipv6',
    title: '100,000, IPv6 listeners too',
    connections: 100_000,
    listeners: 0,
    ipv6: true,
    only: ['reference', 'netlink', 'netlink-changed', 'proc', 'proc-changed', 'whole-files', 'ss'],
  },
];
