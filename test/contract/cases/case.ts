// What a case is, and the steps that many cases begin with. Knows no kind.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { isObject, type JsonValue } from "../../../src/base/json.ts";
import {
  type Body,
  type FieldChange,
  type Held,
  isNotApplicable,
  type Live,
  type NotApplicable,
  type Sample,
} from "../sample.ts";
import { expectConverged, expectEmpty, type Stage, type StageOptions } from "../stage.ts";

/** One row of the table. */
export interface Case {
  readonly id: string;
  /** A fact in the present tense. */
  readonly title: string;
  readonly server?: StageOptions["server"];
  readonly runs: (sample: Sample) => readonly Run[] | NotApplicable;
}

/** One test of a cell; cells with more than one name theirs. */
export interface Run {
  readonly of?: string;
  readonly run: (stage: Stage) => Promise<void>;
}

/** A case that is one test for every kind. */
export function single(
  id: string,
  title: string,
  run: (stage: Stage, sample: Sample) => Promise<void>,
  server?: StageOptions["server"],
): Case {
  return {
    id,
    title,
    ...(server === undefined ? {} : { server }),
    runs: (sample) => [{ run: (stage) => run(stage, sample) }],
  };
}

/** A case that needs one part of the sample, and does not apply where the sample says why there is none. */
export function needing<P extends object>(
  id: string,
  title: string,
  part: (sample: Sample) => P | NotApplicable,
  run: (stage: Stage, sample: Sample, part: P) => Promise<void>,
): Case {
  return {
    id,
    title,
    runs: (sample) => {
      const found = part(sample);
      return isNotApplicable(found) ? found : [{ run: (stage) => run(stage, sample, found) }];
    },
  };
}

/** Declares the one resource with this body; without a body, its section only. */
export function declare(stage: Stage, sample: Sample, body?: Body, top = {}): Promise<void> {
  return stage.declare(sample.block(body === undefined ? {} : { [sample.key]: body }), top);
}

/** Declares, applies and checks that nothing is left to do. */
export async function settle(stage: Stage, sample: Sample, body: Body): Promise<Live> {
  await declare(stage, sample, body);
  expectConverged(await stage.apply());
  expectEmpty(await stage.plan());
  return one(stage, sample);
}

/** The live thing that the ledger knows under the address; a shared one, which no ledger has, is the only one. */
export async function one(stage: Stage, sample: Sample): Promise<Live> {
  const entry = (await stage.ledger())?.resources[sample.address];
  const live = sample.live(await stage.state());
  const found = live.filter(({ id }) => entry === undefined || id === entry.id);
  expect(found.length, `live ${sample.kind}s under test`).toBe(1);
  return found[0] as Live; // one, as was just checked
}

/** Nothing of the kind is live beside what is under test. */
export async function only(stage: Stage, sample: Sample): Promise<Live> {
  const live = sample.live(await stage.state());
  expect(live.map(({ id }) => id)).toHaveLength(1);
  const mine = await one(stage, sample);
  if (sample.delivered !== undefined) {
    const value = await readFile(join(stage.directory, sample.delivered.file), "utf8");
    expect(value.trim(), "the sink holds the live value").toBe(sample.delivered.value(mine));
  }
  return mine;
}

export function expectHeld({ record }: Live, [path, value]: Held): void {
  expect({ [path]: valueAt(record, path) }).toEqual({ [path]: value });
}

/** The value at a dotted path; `null` where there is none. */
export function valueAt(record: JsonValue, path: string): JsonValue {
  let at: JsonValue = record;
  for (const name of path.split(".")) {
    if (Array.isArray(at)) at = at[Number(name)] ?? null;
    else at = isObject(at) && Object.hasOwn(at, name) ? (at[name] ?? null) : null;
  }
  return at;
}

/** A body with a value at a dotted path. */
function withValue(body: Body, path: string, value: JsonValue): Body {
  const [name = "", ...rest] = path.split(".");
  if (rest.length === 0) return { ...body, [name]: value };
  const inner = body[name];
  return { ...body, [name]: withValue(isObject(inner) ? inner : {}, rest.join("."), value) };
}

/** The bodies before and after a change. */
export function bodiesOf({ path, from, to, beside = {}, along = {} }: FieldChange) {
  return {
    before: withValue(beside, path, from),
    after: { ...withValue(beside, path, to), ...along },
  };
}

export function showChange({ path, from, to }: FieldChange): string {
  return `${path}: ${JSON.stringify(from)} → ${JSON.stringify(to)}`;
}
