/**
 * Where a monitor is measured, and what of it.
 *
 * @typedef {object} MonitorScenario
 * @property {string} name
 * @property {string} title
 * @property {number} connections established IPv4 connections
 * @property {number} listeners TCP listeners, beside one TCP listener and one UDP socket
 * @property {true} [all] latency and memory are measured too, and not only what watching costs
 *
 * @typedef {object} MonitorResult
 * @property {import('./cpu.mjs').Cost[]} cpu
 * @property {import('./latency.mjs').Latency[]} [latency]
 * @property {import('./memory.mjs').Memory} [memory]
 */

/** @type {readonly MonitorScenario[]} */
export const MONITOR_SCENARIOS = [
  { name: 'idle', title: 'idle', connections: 0, listeners: 0, all: true },
  { name: 'listeners', title: '1,000 listeners', connections: 0, listeners: 1000 },
  { name: '100k', title: '100,000 connections', connections: 100_000, listeners: 0 },
];
