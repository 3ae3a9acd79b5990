import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isObject, type JsonObject, type JsonValue } from "../../../src/base/json.ts";
import { underKey } from "../../../src/config/keys.ts";
import { layoutOf } from "../../../src/config/layout.ts";
import { parseYaml } from "../../../src/config/parse.ts";
import { readDocument } from "../../../src/config/read.ts";
import { createReport } from "../../../src/config/report.ts";
import { configSchema, layerSchema } from "../../../src/config/schema.ts";
import { providers as real } from "../../../src/providers/index.ts";
import { providers } from "./sample-providers.ts";

function compile(schema: JsonObject): ValidateFunction {
  // Unions of plain types are meant; everything else that is strict about schemas stays on.
  const ajv = new Ajv({ strict: true, strictTypes: false, allErrors: true });
  addFormats.default(ajv);
  return ajv.compile(schema);
}

const schema = configSchema(providers);
const whole = compile(schema);
const layer = compile(layerSchema(providers));
const layout = layoutOf(providers);

/** Whether the reader takes a document; JSON text is YAML. */
function readerAccepts(document: JsonValue): boolean {
  const report = createReport();
  const tree = parseYaml({ name: "a", directory: "/", text: JSON.stringify(document) }, report);
  if (tree?.type !== "map") return false;
  readDocument(tree, layout, report);
  return !report.failed();
}

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const secret = fc.oneof(
  fc.record({ env: fc.constantFrom("A", "B_1") }),
  fc.record({ file: fc.constantFrom("a", "b/c") }),
  fc.record({ command: fc.array(fc.constantFrom("op", "read"), { minLength: 1, maxLength: 2 }) }),
);
const lifecycle = fc.record(
  {
    prevent_destroy: fc.boolean(),
    ignore_changes: fc.array(fc.constant("size"), { maxLength: 2 }),
    on_remove: fc.constantFrom("delete", "retain"),
  },
  { requiredKeys: [] },
);
const key = fc.constantFrom("a", "b", "c1");
const plant = fc.record(
  { slug: fc.constant("rose"), alias: fc.string({ maxLength: 3 }), secret, lifecycle },
  { requiredKeys: [] },
);
const garden = fc.record(
  {
    open: fc.boolean(),
    size: fc.oneof(fc.nat(9), fc.constant(null)),
    tls: fc.constantFrom("1.0", "1.2", "auto"),
    tags: fc.array(fc.constantFrom("x", "y"), { maxLength: 3 }),
    labels: fc.dictionary(key, fc.constantFrom("x", "")),
    store_id: fc.oneof(
      fc.constant("s1"),
      fc.constant(null),
      fc.record({ ref: fc.constant("alpha.store.default") }),
    ),
    headers: fc.dictionary(key, secret),
    hook: fc.record({ url: fc.constant("https://a.example"), auth: secret }),
    shape: fc.oneof(
      fc.record({ type: fc.constant("round"), radius: fc.integer({ min: 1, max: 9 }) }),
      fc.record({ type: fc.constant("square"), side: fc.integer({ min: 1, max: 9 }) }),
    ),
    limit: fc.oneof(fc.boolean(), fc.record({ rate: fc.nat(5), per: fc.nat(5) })),
    lifecycle,
    plants: fc.dictionary(key, plant, { maxKeys: 2 }),
  },
  { requiredKeys: [] },
);
const sink = fc.oneof(
  fc.record({
    file: fc.record(
      { path: fc.constant("p"), format: fc.constantFrom("raw", "json") },
      { requiredKeys: ["path"] },
    ),
  }),
  fc.constant({ stdout: {} }),
  fc.record({
    vercel_env: fc.oneof(
      fc.record(
        { project: fc.constant("web"), type: fc.constant("sensitive"), targets: fc.constant(["production"]) },
        { requiredKeys: ["project", "targets"] },
      ),
      fc.record({
        project: fc.constant("web"),
        type: fc.constant("encrypted"),
        targets: fc.constant(["preview", "development"]),
        token: secret,
      }),
    ),
  }),
  fc.record({
    github_actions_secret: fc.oneof(
      fc.record(
        { repository: fc.constant("a/b.c"), environment: fc.constant("e f/g"), token: secret },
        { requiredKeys: ["repository"] },
      ),
      fc.record({
        organization: fc.constant("a"),
        visibility: fc.constantFrom("all", "private"),
        name: fc.constant("A_1"),
      }),
      fc.record({
        organization: fc.constant("a"),
        visibility: fc.constant("selected"),
        selected_repository_ids: fc.constant([1]),
      }),
    ),
  }),
  fc.record({
    command: fc.record(
      { argv: fc.constant(["put", "x"]), env: fc.constant(["A"]), undo: fc.constant(["take"]) },
      { requiredKeys: ["argv"] },
    ),
  }),
);
const ledger = fc.oneof(
  fc.record({ file: fc.constant("l.json") }),
  fc.record({
    http: fc
      .record(
        { lock_method: fc.constantFrom("LOCK", "POST"), update_method: fc.constant("PUT") },
        { requiredKeys: [] },
      )
      .chain((methods) =>
        fc
          .oneof(
            fc.record({ username: fc.constant("u"), password: secret }),
            fc.record({ password: secret, username: fc.constant("u") }),
            fc.record({ token: secret }),
            fc.constant({}),
          )
          .map((credential) => ({ ...credential, address: "https://a.example", ...methods })),
      ),
  }),
);
const documents = fc
  .record({
    version: fc.constant(1),
    stack: fc.constantFrom("a", "b-1"),
    policy: optional(
      fc.record(
        { prune: fc.constant("never"), max_deletes: fc.nat(3), adopt: fc.boolean() },
        { requiredKeys: [] },
      ),
    ),
    ledger: optional(ledger),
    removed: optional(fc.constant([])),
    // A default can complete a body, or spoil one, and no schema sees that: the law is about merged documents.
    defaults: optional(fc.record({ "alpha.garden": fc.record({ lifecycle }) }, { requiredKeys: [] })),
    alpha: optional(
      fc.record(
        {
          account_id: fc.constant("x"),
          api_token: secret,
          gardens: fc.dictionary(key, garden, { maxKeys: 2 }),
        },
        { requiredKeys: ["account_id"] },
      ),
    ),
    beta: optional(
      fc.record(
        {
          team: fc.constant("t"),
          rules: fc.dictionary(key, fc.record({ type: fc.constant("deny"), source: fc.constant("a/b") }), {
            maxKeys: 2,
          }),
          quotas: fc.record(
            {
              all: fc.oneof(fc.constant({}), fc.record({ limit: fc.nat(9) })),
              parts: fc.dictionary(key, fc.record({ limit: fc.nat(9) }), { maxKeys: 2 }),
              people: fc.dictionary(fc.constantFrom("a@b.example", "a+b"), fc.record({ limit: fc.nat(9) })),
            },
            { requiredKeys: ["parts"] },
          ),
          keys: fc.dictionary(
            key,
            fc.record(
              {
                budget: fc.record(
                  { limit: fc.nat(9), period: fc.constant("daily") },
                  { requiredKeys: ["limit"] },
                ),
                deliver: fc.array(sink, { minLength: 1, maxLength: 2 }),
              },
              { requiredKeys: [] },
            ),
            { maxKeys: 2 },
          ),
        },
        { requiredKeys: [] },
      ),
    ),
  })
  // Dropping what is undefined gives a JSON document.
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonObject);

/** Every place in a document. */
function placesIn(
  value: JsonValue,
  path: readonly (string | number)[] = [],
): (readonly (string | number)[])[] {
  const below = Array.isArray(value)
    ? value.flatMap((item: JsonValue, index) => placesIn(item, [...path, index]))
    : isObject(value)
      ? Object.entries(value).flatMap(([name, item]) => placesIn(item, [...path, name]))
      : [];
  return [path, ...below];
}

function change(
  value: JsonValue,
  path: readonly (string | number)[],
  edit: (old: JsonValue) => JsonValue,
): JsonValue {
  const [step, ...rest] = path;
  if (step === undefined) return edit(value);
  if (Array.isArray(value)) {
    return value.map((item: JsonValue, index) => (index === step ? change(item, rest, edit) : item));
  }
  if (!isObject(value)) return value;
  return { ...value, [step]: change(value[step] ?? null, rest, edit) };
}

// Numbers go only where numbers were: for text the reader takes a number's source text, which JSON does not have.
const edits: readonly ((old: JsonValue) => JsonValue)[] = [
  () => null,
  () => true,
  () => "text",
  () => [],
  () => ({}),
  () => [{}],
  (old) => (typeof old === "number" ? -5 : old),
  (old) => (typeof old === "number" ? old + 0.5 : old),
  (old) => (isObject(old) ? { ...old, zzz: true } : old),
  (old) => (isObject(old) ? { ...old, "bad key": {} } : old),
  (old) => (isObject(old) ? Object.fromEntries(Object.entries(old).slice(1)) : old),
  (old) => (Array.isArray(old) ? [...old, ...old, ...old, ...old] : old),
];

describe("the schema and the reader", () => {
  test("accept the same documents when nothing is wrong with them", () => {
    fc.assert(
      fc.property(documents, (document) => {
        expect(whole(document), JSON.stringify(whole.errors)).toBe(true);
        expect(layer(document), JSON.stringify(layer.errors)).toBe(true);
        expect(readerAccepts(document)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test("accept the same documents after any one change", () => {
    let refused = 0;
    fc.assert(
      fc.property(documents, fc.nat(), fc.nat(edits.length - 1), (document, seed, kind) => {
        const places = placesIn(document);
        const changed = change(document, places[seed % places.length] ?? [], edits[kind] ?? ((old) => old));
        const wanted = readerAccepts(changed);
        if (!wanted) refused++;
        expect(whole(changed), JSON.stringify({ changed, errors: whole.errors })).toBe(wanted);
      }),
      { numRuns: 600 },
    );
    expect(refused).toBeGreaterThan(100);
  });
});

const good: JsonObject = {
  version: 1,
  stack: "a",
  alpha: {
    account_id: "x",
    gardens: { a: { size: 3, open: true, tls: "1.0", shape: { type: "round", radius: 1 } } },
  },
  beta: { rules: { r: { type: "deny", source: "a/b" } } },
};

describe("the schema of a whole document", () => {
  test("takes ${env:…} for every scalar", () => {
    for (const path of placesIn(good)) {
      const changed = change(good, path, (old) => (typeof old === "object" ? old : "${env:GATEFORM_X:-1}"));
      expect(whole(changed), `${path.join(".")}: ${JSON.stringify(whole.errors)}`).toBe(true);
    }
  });

  test("takes the number that an editor sees in an unquoted 1.0", () => {
    expect(whole({ version: 1, stack: "a", alpha: { account_id: "x", gardens: { a: { tls: 1 } } } })).toBe(
      true,
    );
  });

  test.each([
    ["nothing", {}],
    ["another version", { ...good, version: 2 }],
    ["a bad stack name", { ...good, stack: "A" }],
    ["an unknown key", { ...good, gama: {} }],
    ["no account", { ...good, alpha: {} }],
    ["a bad key", { ...good, alpha: { account_id: "x", gardens: { "A-B": {} } } }],
    ["an unknown field", { ...good, beta: { keys: { k: { nam: "x" } } } }],
    ["a section without a value", { ...good, beta: { rules: null } }],
    ["a resource without a value", { ...good, beta: { keys: { k: null } } }],
    ["a literal secret", { ...good, beta: { token: "abc" } }],
    ["two sources of a secret", { ...good, beta: { token: { env: "A", file: "b" } } }],
    ["a reference where none is taken", { ...good, beta: { team: { ref: "beta.rule.r" } } }],
    [
      "deliver where nothing is delivered",
      { ...good, beta: { rules: { r: { type: "deny", source: "a/b", deliver: [{ stdout: {} }] } } } },
    ],
    ["an expression of another form", { ...good, beta: { keys: { k: { budget: { limit: "${HOME}" } } } } }],
    ["two places for the ledger", { ...good, ledger: { file: "l", http: { address: "https://a.example" } } }],
    ["no place for the ledger", { ...good, ledger: {} }],
    [
      "a user name without password",
      { ...good, ledger: { http: { address: "https://a.example", username: "u" } } },
    ],
    [
      "two credentials",
      {
        ...good,
        ledger: {
          http: { address: "https://a.example", token: { env: "T" }, username: "u", password: { env: "P" } },
        },
      },
    ],
    ["$remove", { ...good, beta: { rules: { r: { $remove: true } } } }],
  ])("rejects %s", (_, document) => {
    expect(whole(document)).toBe(false);
  });
});

describe("the schema of a layer", () => {
  test.each([
    ["nothing", {}],
    ["part of a body", { beta: { rules: { r: { source: "a/b" } } } }],
    [
      "$remove for a resource, a section and a field",
      { beta: { rules: { r: { $remove: true } }, keys: { $remove: true }, team: { $remove: true } } },
    ],
    ["part of a nested map", { beta: { keys: { k: { budget: { period: "daily" } } } } }],
  ])("takes %s", (_, document) => {
    expect(layer(document), JSON.stringify(layer.errors)).toBe(true);
  });

  test.each([
    ["an unknown key", { beta: { rulez: {} } }],
    ["a wrong type", { beta: { rules: { r: { type: "denny" } } } }],
    ["$remove: false", { beta: { rules: { r: { $remove: false } } } }],
    [
      "an incomplete item of a list, which replaces whole",
      { beta: { keys: { k: { deliver: [{ file: {} }] } } } },
    ],
  ])("rejects %s", (_, document) => {
    expect(layer(document)).toBe(false);
  });
});

describe("the schemas of the real kinds", () => {
  test.each([
    ["document", configSchema(real)],
    ["layer", layerSchema(real)],
  ])("are valid, and every field has a title, a description and an example: %s", (_, made) => {
    compile(made);
    expect(undocumented(made)).toEqual([]);
  });

  test("take each kind's own example", () => {
    const accepts = compile(configSchema(real));
    const blocks: Record<string, Record<string, JsonValue>> = {
      cloudflare: { account_id: "a" },
      vercel: { team: "t" },
    };
    for (const provider of real) {
      for (const { definition } of provider.kinds) {
        if (definition.section === null || definition.parent !== undefined) continue;
        const body = definition.example as JsonObject;
        (blocks[provider.name] ?? {})[definition.section] = underKey(definition.example_key, body);
      }
    }
    expect(accepts({ version: 1, stack: "a", ...blocks }), JSON.stringify(accepts.errors)).toBe(true);
  });
});

/** Properties of a schema that lack one of the notes that editors show. */
function undocumented(value: JsonValue, path = ""): string[] {
  if (Array.isArray(value))
    return value.flatMap((item: JsonValue, index) => undocumented(item, `${path}/${index}`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => {
    if (name === "examples" || name === "default" || name === "enum") return [];
    if (name !== "properties" || !isObject(item)) return undocumented(item, `${path}/${name}`);
    // Names of fields, which may be those of keywords.
    return Object.entries(item).flatMap(([field, sub]) => [
      ...(["title", "description", "examples"].every((note) => isObject(sub) && note in sub)
        ? []
        : [`${path}/${field}`]),
      ...undocumented(sub, `${path}/${name}/${field}`),
    ]);
  });
}
