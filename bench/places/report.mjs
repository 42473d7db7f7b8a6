/** @import { Target } from '../targets.mjs' */
/** @import { PlacesResult } from './measure.mjs' */

const EXTRA_LIMIT_US = 60;

/** @param {PlacesResult} result */
export function placesTable({ namespaces, referenceUs, lookUs, findUs, listUs, idleShare, findShare }) {
  const row = (title, us) =>
    `| ${title} | ${(us / 1000).toFixed(1)} ms | ${(us / namespaces).toFixed(1)} µs |`;
  return [
    `| ${namespaces} network namespaces, 5 listeners each | all of them | each |`,
    '| --- | ---: | ---: |',
    row('the same dumps in C', referenceUs),
    row('**Portolan**, one look at all of them', lookUs),
    row('**Portolan**, finding them before that', findUs),
    row('**Portolan**, `listListeners({ in: "all" })` from nothing, without processes', listUs),
    '',
    `A monitor that watches all of them while nothing happens: ${percent(idleShare)} of a core, of
which ${percent(findShare)} to see which there are.`,
  ].join('\n');
}

/**
 * @param {PlacesResult} result
 * @returns {Target[]}
 */
export function checkPlacesTargets({ namespaces, referenceUs, lookUs }) {
  const extraUs = (lookUs - referenceUs) / namespaces;
  return [
    {
      text: `one look at all: ≤ ${EXTRA_LIMIT_US} µs a namespace more than the C program`,
      met: extraUs <= EXTRA_LIMIT_US,
      measured: `+${extraUs.toFixed(1)} µs`,
    },
  ];
}

function percent(share) {
  return `${(100 * share).toFixed(2)} %`;
}
