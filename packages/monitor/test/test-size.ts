/**
 * `PORTOLAN_TEST_SIZE=small` has the tests that do a thing thousands of times do it a tenth as often: the same on
 * another version of Node needs no proof of that size again.
 */
const SHARE = process.env.PORTOLAN_TEST_SIZE === 'small' ? 0.1 : 1;

/** How often a test is to do what it does `times` times when nothing else is said. */
export function scaled(times: number): number {
  return Math.ceil(times * SHARE);
}
