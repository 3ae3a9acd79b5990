// The file of a soak: what it declares of every kind, and the random edits that lead from one valid file to the next.

import { isObject, type JsonObject, type JsonValue } from "../../../src/base/json.ts";
import { providers } from "../../../src/providers/index.ts";
import type { Body, FieldChange, Held, Sample } from "../../contract/sample.ts";
import { samples } from "../../contract/samples/all.ts";
import { bodyOfChange, joined } from "../../fuzz/configs.ts";
import type { Dice } from "./dice.ts";

/** Something that the file may declare: a kind and a key of it. */
interface Place {
  readonly sample: Sample;
  readonly key: string;
}

export interface Soaked {
  /** `kind key` → what is declared there. */
  readonly bodies: ReadonlyMap<string, Body>;
  readonly moved: readonly { readonly from: string; readonly to: string }[];
  /** Address → what the server must hold of it, where an edit knows that. */
  readonly held: ReadonlyMap<string, Held>;
  /** The gateway that most things are in is left out, with all of them. */
  readonly baseGone: boolean;
}

export interface Edit {
  /** In words, for the log. */
  readonly what: string;
  readonly file: Soaked;
}

const PLACES: readonly Place[] = samples.flatMap((sample) =>
  [...new Set([sample.key, ...Object.keys(sample.several), "renamed"])].map((key) => ({ sample, key })),
);
const nameOf = ({ sample, key }: Place): string => `${sample.kind} ${key}`;
/** They are made from what the vendors give once. */
const hasValue = ({ delivered }: Sample): boolean => delivered !== undefined;

const RULES = new Map(
  providers.flatMap(({ kinds }) => kinds.map(({ rules }) => [rules.kind, rules] as const)),
);

export const EMPTY: Soaked = { bodies: new Map(), moved: [], held: new Map(), baseGone: false };

/** One edit, which may lead to a file that is refused. */
export function edited(file: Soaked, dice: Dice): Edit {
  const taken = PLACES.filter((place) => file.bodies.has(nameOf(place)));
  const free = PLACES.filter((place) => !file.bodies.has(nameOf(place)) && place.key !== "renamed");
  const plain = { ...file, moved: [], baseGone: false };
  if (file.baseGone) return { what: "the gateway is back", file: plain };
  const draw = dice.below(20);
  if (draw === 0) return { what: "the gateway base is gone", file: { ...plain, baseGone: true } };
  if (taken.length === 0 || (draw < 7 && free.length > 0)) {
    const place = dice.pick(free);
    return { what: `add ${nameOf(place)}`, file: put(plain, place, ...bodyOf(place, dice)) };
  }
  const place = dice.pick(taken);
  const before = file.bodies.get(nameOf(place)) ?? {};
  if (draw < 11) return { what: `remove ${nameOf(place)}`, file: without(plain, place) };
  if (draw < 13) {
    const body = { ...before, lifecycle: lifecycleOf(before, dice) };
    return { what: `lifecycle of ${nameOf(place)}`, file: put(plain, place, body) };
  }
  if (draw === 13) return renamed(plain, place, before);
  if (draw === 14 && hasValue(place.sample)) {
    const rotation = { rotate_after: dice.pick(["20d", "45d"]), grace: dice.pick(["2h", "36h"]) };
    // What is protected cannot be rotated.
    const free = isProtected(before) ? { lifecycle: { prevent_destroy: false } } : {};
    const body = { ...before, ...rotation, ...free };
    return { what: `rotation of ${nameOf(place)}`, file: put(plain, place, body) };
  }
  const [body, held] = bodyOf(place, dice);
  return {
    what: `change ${nameOf(place)}`,
    file: put(plain, place, body, isTrusted(place, before, body) ? undefined : held),
  };
}

/** Whether a body begins to declare what the vendor never shows: it is taken for what is there, and nothing is written. */
function isTrusted({ sample }: Place, before: Body, after: Body): boolean {
  const rules = RULES.get(sample.kind);
  return Object.keys(after).some((name) => rules?.fields[name]?.unanswered === true && !(name in before));
}

function put(file: Soaked, place: Place, body: Body, held?: Held): Soaked {
  const other = without(file, place);
  return {
    ...other,
    bodies: new Map([...other.bodies, [nameOf(place), body]]),
    held: held === undefined ? other.held : new Map([...other.held, [addressOf(place), held]]),
  };
}

function addressOf({ sample, key }: Place): string {
  return `${sample.address.slice(0, -sample.key.length)}${key}`;
}

function without(file: Soaked, place: Place): Soaked {
  return {
    ...file,
    bodies: new Map([...file.bodies].filter(([name]) => name !== nameOf(place))),
    held: new Map([...file.held].filter(([address]) => address !== addressOf(place))),
  };
}

/** The same under another key, with the line that says so. */
function renamed(file: Soaked, { sample, key }: Place, body: Body): Edit {
  const to = key === "renamed" ? sample.key : "renamed";
  const place = { sample, key: to };
  const moved = [{ from: addressOf({ sample, key }), to: addressOf(place) }];
  return {
    what: `move ${sample.kind} ${key} to ${to}`,
    file: { ...put(without(file, { sample, key }), place, body), moved },
  };
}

function bodyOf({ sample, key }: Place, dice: Dice): [body: Body, held?: Held] {
  const { several, minimal, full, changes } = sample;
  if (key !== sample.key) {
    const own = several[key];
    // What is under another key keeps what tells it apart from the others.
    return [own === undefined ? minimal : dice.chance(0.5) ? own : { ...partOf(full, dice), ...own }];
  }
  const draw = dice.below(8);
  if (draw === 0) return [minimal];
  if (draw === 1) return [several[key] ?? minimal];
  if (draw === 2) return [full];
  if (draw < 5 || changes.length === 0) return [{ ...partOf(full, dice), ...minimal }];
  const pick = dice.below(changes.length);
  const { path, to, held = [path, to] as const } = changes[pick] as FieldChange; // below its length
  const body = bodyOfChange(sample, pick);
  // The samples' own values of secrets are not those of a soak.
  return JSON.stringify([body, held]).includes("env") ? [body] : [body, held];
}

function partOf(full: Body, dice: Dice): Body {
  return Object.fromEntries(Object.entries(full).filter(() => dice.chance(0.5)));
}

function isProtected({ lifecycle }: Body): boolean {
  return isObject(lifecycle) && lifecycle.prevent_destroy === true;
}

function lifecycleOf(body: Body, dice: Dice): JsonObject {
  // Secrets are to be as their sources have them.
  const fields = Object.keys(body).filter(
    (name) => name !== "lifecycle" && !JSON.stringify(body[name]).includes('"env"'),
  );
  if (isObject(body.lifecycle) && dice.chance(0.5)) return {};
  const draw = dice.below(3);
  if (draw === 0 && body.rotate_after === undefined) return { prevent_destroy: true };
  if (draw === 1) return { on_remove: "retain" };
  return fields.length === 0 ? {} : { ignore_changes: [dice.pick(fields)] };
}

/** The whole file. @param removed addresses whose delete somebody has seen. */
export function documentOf({ bodies, moved, baseGone }: Soaked, removed: readonly string[]): JsonObject {
  const blocks = samples.map((sample) => {
    const keys = PLACES.filter((place) => place.sample === sample && bodies.has(nameOf(place)));
    return sample.block(
      Object.fromEntries(keys.map((place) => [place.key, bodies.get(nameOf(place)) ?? {}])),
    );
  });
  const head: JsonObject = {
    version: 1,
    stack: "soak",
    removed,
    moved: moved.map((line) => ({ ...line })),
    cloudflare: { account_id: `\${env:CLOUDFLARE_ACCOUNT_ID}` },
    vercel: { team: `\${env:VERCEL_TEAM}` },
  };
  // What is declared itself counts, and not what a child's sample puts around it.
  const whole = [head, ...blocks.reverse()].reduce(joined, {});
  return baseGone ? withoutBase(whole) : whole;
}

function withoutBase(document: JsonObject): JsonObject {
  const cloudflare = document.cloudflare as JsonObject; // put there above
  const { base: _, ...gateways } = cloudflare.gateways as JsonObject; // every kind in it brings it along
  return { ...document, cloudflare: { ...cloudflare, gateways: gateways as JsonValue } };
}
