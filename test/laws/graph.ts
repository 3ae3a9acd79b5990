// Declared graphs as laws draw and print them: address → body. Everything else of a `Desired` follows from it.

import fc from "fast-check";
import { kindOf } from "../../src/base/address.ts";
import { listMarks } from "../../src/base/expression.ts";
import { compareText, type JsonValue } from "../../src/base/json.ts";
import type {
  Desired,
  DesiredResource,
  Lifecycle,
  Move,
  Policy,
  Rotation,
  Scope,
} from "../../src/model/desired.ts";
import type { Fields } from "../../src/model/kind-rules.ts";

export interface Body {
  readonly fields: Fields;
  readonly lifecycle?: Lifecycle;
  /** Of what has a value that is shown once: more sinks than one, and when it is rotated. */
  readonly sinks?: number;
  readonly rotation?: Rotation;
}

export type Graph = Readonly<Record<string, Body>>;

const STORE = "m.store.main";
const ROOT_KINDS = ["m.gate", "m.key", "m.pass", "m.rule", "m.solid", "m.stone", "m.slow", "m.bolt"];

/** What the files would say for a graph: all sections open, keys filled in, needs inferred. */
export function desiredOf(
  graph: Graph,
  policy: Partial<Policy> = {},
  removed: readonly string[] = [],
  moved: readonly Move[] = [],
): Desired {
  const resources = Object.entries(graph).map(([address, body]) => resourceOf(address, body));
  const implied: DesiredResource[] = resources.some((resource) => resource.kind === "m.conf")
    ? [{ address: STORE, kind: "m.store", fields: {}, lifecycle: {}, needs: [], implied: true }]
    : [];
  const gates = resources.filter((resource) => resource.kind === "m.gate");
  const scopes: Scope[] = [
    ...ROOT_KINDS.map((kind) => ({ kind })),
    ...gates.flatMap(({ address }) => ["m.conf", "m.door"].map((kind) => ({ kind, parent: address }))),
  ];
  return {
    stack: "laws",
    policy: { prune: "owned", exclusive: [], max_deletes: 0, adopt: false, ...policy },
    resources: [...resources, ...implied].sort((a, b) => compareText(a.address, b.address)),
    scopes,
    removed,
    moved,
  };
}

function resourceOf(address: string, body: Body): DesiredResource {
  const kind = kindOf(address);
  const keys = address.slice(kind.length + 1).split("/");
  const parent = gateOf(address);
  const needs = new Set(parent === undefined ? [] : [parent, ...(kind === "m.conf" ? [STORE] : [])]);
  for (const { mark } of listMarks(body.fields)) if ("$ref" in mark) needs.add(mark.$ref);
  return {
    address,
    kind,
    ...(parent === undefined ? {} : { parent }),
    fields: { ...fromKey(kind, keys.at(-1) ?? ""), ...body.fields },
    lifecycle: body.lifecycle ?? {},
    ...(kind === "m.key" || kind === "m.pass"
      ? {
          deliver: Array.from({ length: body.sinks ?? 1 }, (_, index) => ({
            file: { path: `out/${sinkName(address, index)}`, format: "raw" as const },
          })),
        }
      : {}),
    ...(body.rotation === undefined ? {} : { rotation: body.rotation }),
    needs: [...needs].sort(compareText),
  };
}

/** What the sinks of an address are called, counted from 0. */
export function sinkName(address: string, index: number): string {
  return index === 0 ? address : `${address} ${index}`;
}

/** Address of the gate that an address lives in. */
export function gateOf(address: string): string | undefined {
  return /^m\.(?:conf|door)\.([^/]+)\//.exec(address)?.[1]?.replace(/^/, "m.gate.");
}

function fromKey(kind: string, key: string): Fields {
  if (kind === "m.gate") return { id: key };
  if (kind === "m.conf" || kind === "m.door") return { slug: key, alias: "default" };
  return ["m.key", "m.pass", "m.stone", "m.slow", "m.bolt"].includes(kind) ? { name: key } : {};
}

const secret = fc.oneof(
  fc.constantFrom("S1", "S2", "S3").map((env): JsonValue => ({ $secret: { source: { env } } })),
  fc
    .constantFrom("S1", "S2")
    .map((name): JsonValue => ({ $secret: { source: { command: ["print", name] } } })),
);
const optional = { requiredKeys: [] as [], noNullPrototype: true };

/** The values that each field may have, for drawing bodies and for drift. */
export const VALUES: Readonly<Record<string, readonly JsonValue[]>> = {
  limit: [null, 0, 5, 9],
  tags: [[], ["b", "a"], ["a", "b", "a"], ["c"]],
  req: [true, false],
  note: ["", "n1", "n2"],
  origin: ["o1", "o2"],
  label: ["l1", "l2"],
  name: ["n1", "n2"],
  budget: [null, 100, 200],
  dest: [1, 2],
  target: [null, "elsewhere"],
  v: [1, 2],
};

const oneOf = (field: string) => fc.constantFrom(...(VALUES[field] ?? []));

const gate = fc.record(
  {
    limit: oneOf("limit"),
    tags: oneOf("tags"),
    req: oneOf("req"),
    note: oneOf("note"),
    opts: fc.record({ p: fc.constantFrom(1, 2), q: fc.constantFrom(1, 2) }, optional),
    header: secret,
  },
  optional,
);
const conf = fc.record(
  { secret, label: oneOf("label") },
  { requiredKeys: ["secret"], noNullPrototype: true },
);
const door = fc.record({ size: fc.constantFrom(1, 2), alias: fc.constantFrom("default", "other") }, optional);
const bolt = fc.record(
  { key: secret, note: oneOf("note") },
  { requiredKeys: ["key"], noNullPrototype: true },
);
const key = fc.record({ budget: oneOf("budget"), project: fc.constantFrom("p1", "p2") }, optional);
const pass = fc.record({ budget: oneOf("budget") }, optional);
const rule = fc.record(
  {
    dest: oneOf("dest"),
    target: fc.constantFrom<JsonValue>(
      null,
      { $ref: "m.solid.f" },
      { $ref: "m.solid.g" },
      { $ref: "m.key.k" },
    ),
  },
  optional,
);
const solid = fc.record({ size: fc.constantFrom(1, 2) }, optional);
const small = fc.record({ v: oneOf("v") }, optional);

/** Any graph: children only under their parents, references only to what is declared, identities never twice. */
export const graphs: fc.Arbitrary<Graph> = fc
  .record({
    bodies: fc.record(
      {
        "m.gate.a": gate,
        "m.gate.b": gate,
        "m.conf.a/x": conf,
        "m.conf.a/y": conf,
        "m.conf.b/x": conf,
        "m.door.a/d": door,
        "m.door.b/d": door,
        "m.bolt.a_d_default": bolt,
        "m.bolt.a_d_other": bolt,
        "m.bolt.k": bolt,
        "m.key.k": key,
        "m.key.l": key,
        "m.pass.p": pass,
        "m.rule.r": rule,
        "m.rule.s": rule,
        "m.rule.t": rule,
        "m.solid.f": solid,
        "m.solid.g": solid,
        "m.stone.m": small,
        "m.slow.w": small,
      },
      optional,
    ),
    sources: fc.shuffledSubarray(["x", "y", "z"], { minLength: 3 }),
    codes: fc.shuffledSubarray(["c", "d", "e"], { minLength: 2 }),
  })
  .map(({ bodies, sources, codes }) => {
    const taken: Fields = {
      "m.rule.r": sources[0] ?? "",
      "m.rule.s": sources[1] ?? "",
      "m.rule.t": sources[2] ?? "",
      "m.solid.f": codes[0] ?? "",
      "m.solid.g": codes[1] ?? "",
    };
    const out: Record<string, Body> = {};
    for (const [address, fields] of Object.entries(bodies)) {
      const gate = gateOf(address);
      if (gate !== undefined && !Object.hasOwn(bodies, gate)) continue;
      const known = Object.entries(fields as Fields).filter(([, value]) =>
        listMarks(value).every(({ mark }) => !("$ref" in mark) || Object.hasOwn(bodies, mark.$ref)),
      );
      const identity = taken[address];
      const field = address.startsWith("m.rule.") ? "source" : "code";
      out[address] = {
        fields: { ...Object.fromEntries(known), ...(identity === undefined ? {} : { [field]: identity }) },
      };
    }
    return withBolts(out);
  });

/**
 * Every door with the bolt of its name: that of the first gate has one of its own per alias, that of the second always
 * the same one, which is named after it.
 */
function withBolts(graph: Graph): Graph {
  const out: Record<string, Body> = { ...graph };
  const put = (address: string, fields: Fields): void => {
    out[address] = {
      fields: { key: { $secret: { source: { env: "S1" } } }, ...out[address]?.fields, ...fields },
    };
  };
  for (const [address, gate] of [
    ["m.door.a/d", "a"],
    ["m.door.b/d", "b"],
  ] as const) {
    const body = out[address];
    const name = `${gate}_d_${String(body?.fields.alias ?? "default")}`;
    const held = gate === "a" ? `m.bolt.${name}` : "m.bolt.k";
    if (body !== undefined || (gate === "b" && out[held] !== undefined))
      put(held, gate === "a" ? {} : { name });
    if (body !== undefined) out[address] = { fields: { ...body.fields, bolt: { $ref: held } } };
  }
  return out;
}

/** The graph without one kind. */
export function without(graph: Graph, kind: string): Graph {
  return Object.fromEntries(Object.entries(graph).filter(([address]) => kindOf(address) !== kind));
}

/** The graph without one field wherever it is declared. */
export function withoutField(graph: Graph, field: string): Graph {
  return Object.fromEntries(
    Object.entries(graph).map(([address, body]) => {
      const { [field]: _, ...fields } = body.fields;
      return [address, { ...body, fields }];
    }),
  );
}

/** Any of the addresses that `graphs` draws from. */
export const addresses = fc.subarray([
  "m.gate.a",
  "m.gate.b",
  "m.conf.a/x",
  "m.conf.a/y",
  "m.conf.b/x",
  "m.door.a/d",
  "m.door.b/d",
  "m.bolt.a_d_default",
  "m.bolt.a_d_other",
  "m.bolt.k",
  "m.key.k",
  "m.key.l",
  "m.pass.p",
  "m.rule.r",
  "m.rule.s",
  "m.rule.t",
  "m.solid.f",
  "m.solid.g",
  "m.slow.w",
]);

/** The graph with a lifecycle block on some of its addresses. */
export function withLifecycle(graph: Graph, chosen: readonly string[], lifecycle: Lifecycle): Graph {
  return Object.fromEntries(
    Object.entries(graph).map(([address, body]) => [
      address,
      chosen.includes(address) ? { ...body, lifecycle } : body,
    ]),
  );
}
