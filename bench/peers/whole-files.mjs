/** The four tables of /proc/net read whole, and nothing made of them. */
import { readFileSync } from 'node:fs';
import { answer } from './answer.mjs';

const FILES = ['/proc/net/tcp', '/proc/net/tcp6', '/proc/net/udp', '/proc/net/udp6'];

await answer(() => {
  for (const file of FILES) readFileSync(file);
});
