// The one diff: declared fields against live ones, with the last applied values as the third side.
//
//   declared = live                        nothing, or `claimed` when the ledger does not know it yet
//   declared ≠ live, applied = live        the config moved
//   declared ≠ live, applied = declared    the world moved (drift)
//   declared ≠ live, applied ≠ both        both moved
//   applied, no longer declared            released: its value stays
//
// What the API never answers counts as live the way it was applied, unless the vendor shows that somebody has written
// it since.

import type { JsonValue } from "../base/json.ts";
import type { Lifecycle } from "../model/desired.ts";
import { type Fields, isAnswered, type KindRules, policyOf } from "../model/kind-rules.ts";
import type { Settling } from "../model/ledger.ts";
import type { Change, Moved, Risk } from "../model/plan.ts";
import { type Comparison, compareValues, unknownSecret } from "./compare.ts";
import { type Held, heldSecret } from "./held.ts";
import {
  canonicalFields,
  canonicalLive,
  coveredBy,
  fieldOf,
  type Leaves,
  leafAt,
  leavesOf,
} from "./normalise.ts";

export interface DiffInput {
  readonly rules: KindRules;
  /** As declared; references already resolved where their targets are live. */
  readonly declared: Fields;
  readonly live: Fields;
  /** Last applied values; `undefined` when gateform has never applied this resource. */
  readonly applied: Leaves | undefined;
  /** What became of secrets that nobody can read since they were applied. */
  readonly held?: Held;
  readonly lifecycle: Lifecycle;
  readonly settling?: Settling | undefined;
  /** ms since 1970 */
  readonly now: number;
  /** Secrets that the API never answers, or that cannot be compared, count as changed. */
  readonly rewrite?: boolean;
}

export interface Difference {
  /** Sorted by path. */
  readonly changes: readonly Change[];
  /** Secrets whose change can only be told at apply. */
  readonly unchecked: readonly Change[];
  readonly risks: readonly Risk[];
  readonly released: readonly string[];
  readonly claimed: readonly string[];
  /** Paths where a read may still show the value from before our last write. */
  readonly settling: readonly string[];
}

/** Compares one resource's declared fields with its live ones. */
export function diffFields(input: DiffInput): Difference {
  const { rules, applied } = input;
  const declared = leavesOf(rules, canonicalFields(rules, input.declared));
  const live = canonicalLive(rules, input.live);
  const ignored = coveredBy(input.lifecycle.ignore_changes ?? []);
  const changes: Change[] = [];
  const unchecked: Change[] = [];
  const risks: Risk[] = [];
  const claimed: string[] = [];
  const settling: string[] = [];
  for (const path of Object.keys(declared).sort()) {
    if (ignored(path)) continue;
    const policy = policyOf(rules, fieldOf(path));
    const known =
      applied !== undefined && Object.hasOwn(applied, path) ? (applied[path] as JsonValue) : undefined;
    if (policy.unanswered === true && known === undefined) {
      claimed.push(path);
      continue;
    }
    if (policy.inert === true) continue;
    const before = isAnswered(policy)
      ? leafAt(live, path)
      : known === undefined
        ? unknownSecret(declared[path] as JsonValue)
        : heldSecret(known, input.held ?? "written");
    const complete = (value: JsonValue) => policy.complete?.(value, before) ?? value;
    const after = complete(declared[path] as JsonValue);
    const comparison = compareValues(after, before);
    const written = known === undefined ? undefined : complete(known);
    const rewritten = written === undefined || compareValues(written, after) === "different";
    // A read that still shows what was there before the last write shows nothing of what that has made of it.
    const stale =
      comparison === "same" && written !== undefined && rewritten && isSettling(input, path, before);
    const rewrite =
      input.rewrite === true &&
      (policy.write_only === true || (policy.sensitive === true && comparison === "not-comparable"));
    if (comparison === "same" && !stale && !rewrite) {
      if (rewritten) claimed.push(path);
      continue;
    }
    const change: Change = {
      path,
      before: stale ? written : before,
      after,
      moved: stale ? "config" : whoMoved(applied, written, before, after, comparison),
      ...(policy.immutable === true || !rules.can_update ? { forces_replacement: true as const } : {}),
      ...(policy.write_only === true || policy.sensitive === true ? { sensitive: true as const } : {}),
    };
    if (comparison === "not-comparable" && !rewrite) unchecked.push(change);
    else if (!stale && !rewrite && isSettling(input, path, before)) settling.push(path);
    else {
      changes.push(change);
      if (policy.risk?.when(change.before, after) === true) {
        risks.push({ code: policy.risk.code, path, message: policy.risk.message });
      }
    }
  }
  return { changes, unchecked, risks, released: releasedPaths(applied, declared), claimed, settling };
}

function whoMoved(
  applied: Leaves | undefined,
  known: JsonValue | undefined,
  live: JsonValue,
  declared: JsonValue,
  comparison: Comparison,
): Moved {
  if (applied === undefined) return "unknown";
  if (known === undefined || compareValues(known, live) !== "different")
    return comparison === "not-comparable" ? "unknown" : "config";
  return compareValues(known, declared) === "different" ? "both" : "world";
}

function isSettling(input: DiffInput, path: string, live: JsonValue): boolean {
  const { settling } = input;
  if (settling === undefined || Date.parse(settling.until) <= input.now) return false;
  if (settling.created === true && live === null) return true;
  return (
    Object.hasOwn(settling.before, path) && compareValues(settling.before[path] as JsonValue, live) === "same"
  );
}

function releasedPaths(applied: Leaves | undefined, declared: Leaves): string[] {
  const paths = Object.keys(declared);
  const related = (a: string, b: string) => a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
  return Object.keys(applied ?? {})
    .filter((old) => !paths.some((path) => related(path, old)))
    .sort();
}
