import { CgroupPattern } from './cgroup-pattern.js';
import type { OwnerRule } from './owner-rule.js';

/** What an environment must have. */
export interface EnvironmentRule {
  readonly variable: string;
  readonly value: string | undefined;
  readonly name: string | undefined;
}

/** Which cgroups and containers an owner has. */
export interface CgroupRule {
  readonly name: string;
  fits(cgroup: string | null, container: string | null): boolean;
}

/** Takes a rule apart: a variable, and its value if one was given. */
export function environmentRule(rule: Extract<OwnerRule, { environment: string }>): EnvironmentRule {
  const at = rule.environment.indexOf('=');
  const variable = at < 0 ? rule.environment : rule.environment.slice(0, at);
  return { variable, value: at < 0 ? undefined : rule.environment.slice(at + 1), name: rule.name };
}

/** Makes a test of a rule. */
export function cgroupRule(rule: Exclude<OwnerRule, { pid: number } | { environment: string }>): CgroupRule {
  if ('container' in rule) {
    return { name: rule.name, fits: (_, container) => container?.startsWith(rule.container) ?? false };
  }
  const pattern = new CgroupPattern(rule.cgroup);
  return { name: rule.name, fits: (cgroup) => cgroup !== null && pattern.fits(cgroup) };
}
