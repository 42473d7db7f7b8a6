/**
 * The share of one core that looking may cost while somebody waits for the outcome. With the library's own share, lsof, the
 * only source of macOS, would be asked every ten seconds at most.
 */
export const WATCHED_SHARE = 0.1;
