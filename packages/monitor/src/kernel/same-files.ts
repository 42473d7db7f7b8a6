import { constants } from 'node:os';
import { arch } from 'node:process';
import { loadLibc } from './load-libc.js';

/** The number of kcmp(2) by the name that Node has for a machine (the syscall tables of the kernel). */
const KCMP: Readonly<Record<string, number>> = {
  arm: 378,
  arm64: 272,
  ia32: 349,
  loong64: 272,
  ppc64: 354,
  riscv64: 272,
  s390x: 343,
  x64: 312,
};
const KCMP_FILES = 2;

/**
 * Whether two threads share one table of open files (kcmp(2)); true also for threads that are gone or that may not be read.
 *
 * @returns undefined if it can't be told: without native calls, or without CONFIG_KCMP
 */
export function haveSameFiles(a: number, b: number): boolean | undefined {
  const kcmp = KCMP[arch];
  if (kcmp === undefined) return undefined;
  try {
    const order = loadLibc().syscall(kcmp, a, b, KCMP_FILES, 0, 0);
    return order === -constants.errno.ENOSYS ? undefined : order <= 0;
  } catch {
    return undefined;
  }
}
