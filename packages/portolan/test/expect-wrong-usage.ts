import { expect } from 'vitest';
import { portolan } from './built-command.js';

/** Runs the command, which is to refuse its arguments in one line of standard error. */
export async function expectWrongUsage(args: readonly string[], message: string): Promise<void> {
  const { status, stdout, stderr } = await portolan(args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^portolan: \P{Cc}*\n$/u);
  expect(stderr).toContain(message);
}
