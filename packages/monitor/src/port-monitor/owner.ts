import type { OwnerRule } from '../owners/owner-rule.js';

/** Somebody who owns what a rule says, until that is ended. */
export interface Owner extends Disposable {
  readonly rule: OwnerRule;
  /** It owns nothing any more; listeners that had it are told as `changed`. */
  end(): void;
}
