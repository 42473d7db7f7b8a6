import { fileURLToPath } from 'node:url';
import { Contestant } from '../contestant.mjs';
import { holdNamespaces } from './hold.mjs';

/**
 * What it costs to look at many network namespaces, at all of them together.
 *
 * @typedef {object} PlacesResult
 * @property {number} namespaces
 * @property {number} referenceUs the C program
 * @property {number} lookUs the monitor
 * @property {number} findUs to find what is there, before each look
 * @property {number} listUs listListeners(), from nothing
 * @property {number} idleShare of a core, of a monitor with its default options
 * @property {number} findShare of it, to find what is there
 */

const NAMESPACES = 500;
const LISTENERS = 5;
const TURNS = 20;
const LOOKS_A_TURN = 4;
const WARM_UP_LOOKS = 20;
const LIST_LOOKS = 15;
/** Three looks at all of them, which come every 15 s or so. */
const COST_SECONDS = 45;

const REFERENCE = fileURLToPath(new URL('../../build/bench-namespaces', import.meta.url));
const MONITOR = fileURLToPath(new URL('subjects/all-places.mjs', import.meta.url));

/** @returns {Promise<PlacesResult>} */
export async function measurePlaces() {
  const end = await holdNamespaces(REFERENCE, NAMESPACES);
  try {
    return { namespaces: NAMESPACES, ...(await measureLooks()), ...(await measureIdle()) };
  } finally {
    await end();
  }
}

/** In turns, so that a drift of the machine meets both. */
async function measureLooks() {
  const reference = new Contestant([REFERENCE, 'look']);
  const monitor = new Contestant([process.execPath, MONITOR]);
  try {
    await monitor.ask('watch quietly');
    await monitor.ask(`refresh ${WARM_UP_LOOKS}`);
    await reference.ask(WARM_UP_LOOKS);
    const times = { reference: [], look: [], find: [], list: [] };
    for (let turn = 0; turn < TURNS; turn++) {
      const least = checked('the C program', await reference.ask(LOOKS_A_TURN));
      const look = checked('the monitor', await monitor.ask(`refresh ${LOOKS_A_TURN}`));
      times.reference.push(...least.microseconds);
      times.look.push(...look.microseconds);
      times.find.push(...look.findMicroseconds);
    }
    const list = checked('listListeners()', await monitor.ask(`list ${LIST_LOOKS}`));
    times.list.push(...list.microseconds);
    return {
      referenceUs: median(times.reference),
      lookUs: median(times.look),
      findUs: median(times.find),
      listUs: median(times.list),
    };
  } finally {
    await Promise.all([reference.stop(), monitor.stop()]);
  }
}

async function measureIdle() {
  const monitor = new Contestant([process.execPath, MONITOR]);
  try {
    await monitor.ask('watch');
    const idle = await monitor.meanCost(COST_SECONDS);
    const find = await monitor.ask('find cost');
    return { idleShare: share(idle), findShare: share(find) };
  } finally {
    await monitor.stop();
  }
}

/** Who does not see every socket is not measured. */
function checked(who, answer) {
  const expected = NAMESPACES * LISTENERS;
  if (answer.sockets !== expected) throw new Error(`${who} saw ${answer.sockets} sockets of ${expected}`);
  return answer;
}

function share({ cpuUs, ms }) {
  return cpuUs / ms / 1000;
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
