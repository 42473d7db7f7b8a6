import { SORT_KEYS } from '../../listeners/order.js';

/** What the keys do. */
export const HELP_LINES: readonly string[] = [
  'Keys',
  '',
  '  ↑ ↓  j k            move; also PgUp PgDn Home End g G',
  '  Enter  i            details of the row',
  '  /                   search ports, addresses, processes, commands, users; Esc clears',
  '  s  S                next order; reversed',
  `  1 … ${SORT_KEYS.length}               order: ${SORT_KEYS.join(', ')}`,
  '  x  Delete           end the process of the row, after asking; once more: by force',
  '  p                   hold the view, and go on',
  '  Ctrl-L              draw all anew',
  '  q  Ctrl-C           quit',
  '',
  'Any key goes back.',
];
