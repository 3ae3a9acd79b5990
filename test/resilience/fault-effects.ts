// What can go wrong with one request, or with it from some time on: the columns of the fault matrix.

import type { FaultRule } from "../../src/reference-server/index.ts";

export interface FaultEffect {
  readonly name: string;
  /** Which requests it may strike. `pages`: reads of a list's further pages. */
  readonly on: "any" | "reads" | "writes" | "pages";
  /** Strikes a request each time from its position on; otherwise once. */
  readonly lasting: boolean;
  readonly effect: FaultRule["effect"];
  /** What a message says where the run fails of it. */
  readonly words: RegExp;
}

const once = (
  name: string,
  on: FaultEffect["on"],
  effect: FaultRule["effect"],
  words: RegExp,
): FaultEffect => ({ name, on, lasting: false, effect, words });

const lasting = (
  name: string,
  on: FaultEffect["on"],
  effect: FaultRule["effect"],
  words: RegExp,
): FaultEffect => ({ name, on, lasting: true, effect, words });

/** Milliseconds that a run of the matrix waits for a body. */
export const BODY_TIMEOUT = 400;

const CONNECTION = /connection|no answer|closed|broke/i;
const FORM = /a form we do not know|not JSON|web page|cannot be read/i;

export const EFFECTS: readonly FaultEffect[] = [
  once("429 once", "any", { kind: "throttle", seconds: 0 }, /429/),
  lasting("429 again and again", "any", { kind: "throttle", seconds: 0, retry_after: "date" }, /429/),
  once("503 before it is done", "any", { kind: "status", status: 503, when: "before" }, /503/),
  lasting("503 again and again", "any", { kind: "status", status: 503, when: "before" }, /503/),
  once("502 after it was done", "writes", { kind: "status", status: 502, when: "after" }, /502/),
  lasting(
    "502 after it was done, each time",
    "writes",
    { kind: "status", status: 502, when: "after" },
    /502/,
  ),
  once("connection cut before", "any", { kind: "drop", when: "before" }, CONNECTION),
  once("connection cut after", "writes", { kind: "drop", when: "after" }, CONNECTION),
  once("body breaks off", "any", { kind: "reset" }, CONNECTION),
  lasting("body breaks off each time", "any", { kind: "reset" }, CONNECTION),
  once("body too slow", "any", { kind: "slow_body", ms: 60_000 }, /too slowly|stopped|in time|time/i),
  once("other JSON", "any", { kind: "malformed" }, FORM),
  once("a proxy's page", "any", { kind: "text", when: "before" }, FORM),
  once("a proxy's page after it was done", "writes", { kind: "text", when: "after" }, FORM),
  once("body too large", "any", { kind: "huge", bytes: 10 * 1024 * 1024 + 1 }, /answered too much/),
  once(
    "list cut",
    "reads",
    { kind: "cut_list", keep: 0 },
    /announced|not complete|held|a form we do not know|not JSON/,
  ),
  once("list from before", "reads", { kind: "stale_list" }, /./),
  once("list shrinks between pages", "pages", { kind: "shrink_list" }, /changed while it was read|announced/),
  once("list grows between pages", "pages", { kind: "grow_list" }, /changed while it was read|announced/),
];
