// The kit for domain checks: what a provider says about settings that are allowed, and yet are probably not what
// somebody wants. A check is pure; who runs it adds code, severity and position, and heeds `lifecycle.silence`.

import type { Address } from "../base/address.ts";
import type { Severity } from "../base/diagnostic.ts";
import type { Desired } from "../model/desired.ts";
import type { LiveResource, LiveState } from "../model/live.ts";
import { InternalError } from "./error.ts";

export interface CheckFinding {
  /** The resource to look at; left out where the finding is about all of a kind together. */
  readonly address?: Address;
  /** Dotted path of the field to look at. */
  readonly path?: string;
  /** What was found, in one sentence, without the address. */
  readonly message: string;
  /** What to write instead. */
  readonly hint?: string;
}

/** The text of a check's page. Whole sentences, in markdown; the examples are whole files. */
export interface CheckPage {
  /** What it means that the check fires. */
  readonly meaning: string;
  /** Why that matters. */
  readonly importance: string;
  readonly remedy: string;
  /** YAML in which the check fires, with nothing live but what `live` has. */
  readonly before: string;
  /** For what no file can show: what is live while the check fires. `before` says so in a comment. */
  readonly live?: readonly LiveResource[];
  /** The same after the remedy; the check keeps still. */
  readonly after: string;
  /** When it is right to silence it. */
  readonly silence: string;
}

export interface Check {
  /** Stable, upper case: `GATEWAY_OPEN_WITH_KEYS`. */
  readonly code: string;
  readonly severity: Severity;
  /** The kind that it looks at. */
  readonly kind: string;
  /** One line for lists, without a full stop. */
  readonly title: string;
  readonly page: CheckPage;
  /**
   * @param live what will still be live, for whoever has read it; left out, nothing is known about fields that the
   *   files leave out, and a check keeps still rather than guess.
   */
  readonly run: (desired: Desired, live?: LiveState) => readonly CheckFinding[];
}

/** Checks a check. @throws InternalError for a code of another form than all codes have. */
export function defineCheck(check: Check): Check {
  if (!/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(check.code)) {
    throw new InternalError(`${check.code} is no form for the code of a check`);
  }
  return check;
}
