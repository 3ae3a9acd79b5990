// How the tests of the complete examples say what one change of a field is, and what a plan makes of it.

import type { JsonValue } from "../../src/base/json.ts";
import { canary } from "../canary/values.ts";

export interface FieldChange {
  /** Dotted path in the resource's body, as in the file. */
  readonly at: string;
  readonly to: JsonValue;
  /** Other places that have to change along with it, for the file to stay valid. */
  readonly along?: Readonly<Record<string, JsonValue>>;
  /** How the resource is replaced, for what cannot be changed in place. */
  readonly replace?: "create-first" | "gap";
  /** All steps, where there are others beside the usual ones. */
  readonly steps?: readonly string[];
  /** For settings of the ledger alone. */
  readonly action?: "record";
  /** Left out of the one change of everything, where another change of the same thing is. */
  readonly alone?: true;
}

export interface Changed {
  readonly kind: string;
  readonly address: string;
  /** Where its body stands in the file. */
  readonly body: readonly string[];
  readonly changes: readonly FieldChange[];
}

export const change = (
  at: string,
  to: JsonValue,
  more: Omit<FieldChange, "at" | "to"> = {},
): FieldChange => ({
  at,
  to,
  ...more,
});

/** What fields that hold secrets are changed to. */
export const OTHER_SECRET = { OTHER_SECRET: canary("other secret") };
export const secret = { env: "OTHER_SECRET" };

/** Why some field has no change. */
export const ONE_VALUE = "it has one value only";
