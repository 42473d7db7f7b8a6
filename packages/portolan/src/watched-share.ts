/**
 * What looking may cost of a core while a person waits for what it shows: lsof, the only source of macOS, takes so long that it
 * would else be asked every ten seconds or more.
 */
export const WATCHED_SHARE = 0.1;
