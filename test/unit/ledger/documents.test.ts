import { Ajv } from "ajv";
import formats from "ajv-formats";
import fc from "fast-check";
import { describe, expect, expectTypeOf, it } from "vitest";
import type { z } from "zod";
import { kindOf } from "../../../src/base/address.ts";
import type { JsonValue } from "../../../src/base/json.ts";
import { emptyLedger, parseLedger, printLedger } from "../../../src/ledger/documents.ts";
import { planJsonSchema, planSchema } from "../../../src/ledger/plan-schema.ts";
import { ledgerJsonSchema, type ledgerSchema } from "../../../src/ledger/schema.ts";
import type { Ledger } from "../../../src/model/ledger.ts";
import type { Plan } from "../../../src/model/plan.ts";
import * as arbitrary from "./arbitraries.ts";

/** Both sides without their `readonly`, which zod's types lack; JSON values are left alone, being recursive. */
type Plain<T> = JsonValue extends T
  ? JsonValue
  : T extends readonly (infer Item)[]
    ? Plain<Item>[]
    : T extends object
      ? { -readonly [Key in keyof T]: Plain<T[Key]> }
      : T;

const plan: Plan = {
  format: 1,
  stack: "acme-prod",
  lineage: null,
  serial: null,
  accounts: { vercel: "team_1" },
  created_at: "2026-10-05T09:30:00.000Z",
  steps: [
    {
      id: "update cloudflare.gateway.support",
      action: "update",
      address: "cloudflare.gateway.support",
      kind: "cloudflare.gateway",
      vendor_id: "support",
      changes: [{ path: "cache_ttl", before: 300, after: null, moved: "config" }],
      needs: [],
      expects: { state: "present", id: "support", fields: { cache_ttl: 300 }, children: ["a"] },
      reason: "changed",
      risks: [{ code: "a", path: "b", message: "c" }],
      body: {
        fields: { cache_ttl: null },
        defaults: {},
        lifecycle: { silence: ["X"] },
        deliver: [{ stdout: {} }, { file: { path: "/a", format: "raw" } }],
        needs: [],
      },
    },
  ],
  unchanged: ["vercel.rule.a"],
  kept: [],
  settling: [],
  unmanaged: [],
  refused: [{ address: "vercel.key.ci", code: "NOT_OWNED", message: "m" }],
  allowed_deletes: 0,
  summary: {
    create: 0,
    update: 1,
    replace: 0,
    rotate: 0,
    delete: 0,
    adopt: 0,
    forget: 0,
    record: 0,
    check_secret: 0,
    unchanged: 1,
    unmanaged: 0,
    refused: 1,
    counted_deletes: 0,
  },
  diagnostics: [{ severity: "note", code: "X", message: "m", position: { file: "f", line: 1, column: 1 } }],
};

const compile = (schema: Record<string, unknown>) => {
  const ajv = new Ajv({ strict: true, allowUnionTypes: true });
  (formats as unknown as (target: Ajv) => void)(ajv);
  return ajv.compile(schema);
};

function problemOf(text: string): { code: string; message: string; hint?: string } {
  const read = parseLedger(text, "state/acme.json");
  if (!("problem" in read)) throw new Error("the text was read");
  return read.problem;
}

const valid = printLedger(emptyLedger("acme", { vercel: "team_1" }));
const withMember = (member: string) => valid.replace('"format": 1', `"format": 1, ${member}`);
const withValue = (value: string) =>
  valid.replace(
    '"resources": {}',
    `"resources": {"vercel.rule.a": {"kind": "vercel.rule", "status": "ready", "id": "1", "applied": {"x": ${value}}, "needs": [], "changed_at": "2026-10-05T09:30:00Z"}}`,
  );

describe("schemas", () => {
  it("describe exactly the model's types", () => {
    expectTypeOf<Plain<z.output<typeof ledgerSchema>>>().toEqualTypeOf<Plain<Ledger>>();
    expectTypeOf<Plain<z.output<typeof planSchema>>>().toEqualTypeOf<Plain<Plan>>();
  });

  it.each([
    ["ledger", ledgerJsonSchema()],
    ["plan", planJsonSchema()],
  ])("give every field of the %s a title, a description and an example", (_name, schema) => {
    const bare: string[] = [];
    const visit = (node: unknown, path: string) => {
      if (typeof node !== "object" || node === null) return;
      for (const [name, field] of Object.entries((node as { properties?: object }).properties ?? {})) {
        const definition = JSON.stringify(field).includes("#/definitions/");
        const wanted = definition ? [] : ["title", "description", "examples"];
        if (name !== "resources" && wanted.some((key) => !Object.hasOwn(field, key)))
          bare.push(`${path}.${name}`);
      }
      for (const [name, inner] of Object.entries(node)) visit(inner, `${path}.${name}`);
    };
    visit(schema, "");
    expect(bare.filter((path) => !/\.(file|stdout)$/.test(path))).toEqual([]);
  });

  it("accept every random ledger, as zod does", () => {
    const accepts = compile(ledgerJsonSchema());
    fc.assert(
      fc.property(arbitrary.ledger, (ledger) => accepts(ledger)),
      { numRuns: 50 },
    );
  });

  it.each([
    ["an unknown member", withMember('"extra": 1')],
    ["a serial below zero", valid.replace('"serial": 0', '"serial": -1')],
    ["an address that is none", valid.replace('"resources": {}', '"resources": {"rule a": {}}')],
    ["a stack name with blanks", valid.replace('"acme"', '"a c"')],
  ])("refuse %s in JSON Schema and in zod alike", (_name, text) => {
    expect(compile(ledgerJsonSchema())(JSON.parse(text))).toBe(false);
    expect(problemOf(text).code).toBe("LEDGER_UNREADABLE");
  });
});

describe("ledger text", () => {
  it("reads back as the ledger it was printed from", () => {
    fc.assert(
      fc.property(arbitrary.ledger, (ledger) => {
        expect(parseLedger(printLedger(ledger), "f")).toEqual({ ledger });
      }),
    );
  });

  it("is the same text whatever the order of the resources", () => {
    fc.assert(
      fc.property(arbitrary.ledger, (ledger) => {
        const turned = Object.fromEntries(Object.entries(ledger.resources).reverse());
        expect(printLedger({ ...ledger, resources: turned })).toBe(printLedger(ledger));
      }),
    );
  });

  it("of an empty ledger has a new lineage and salt each time and serial 0", () => {
    const [a, b] = [emptyLedger("a", {}), emptyLedger("a", {})];
    expect(a.lineage).not.toBe(b.lineage);
    expect(a.salt).not.toBe(b.salt);
    expect(a.salt.length).toBeGreaterThanOrEqual(32);
    expect(a.serial).toBe(0);
  });

  it.each([
    ["nothing", ""],
    ["a cut text", valid.slice(0, -20)],
    ["a list", "[]"],
    ["null", "null"],
    ["no format", "{}"],
    ["format 0", valid.replace('"format": 1', '"format": 0')],
    ["format as text", valid.replace('"format": 1', '"format": "2"')],
    ["a million brackets", "[".repeat(1_000_000) + "]".repeat(1_000_000)],
    ["values nested too deep", withValue(`${"[".repeat(100_000)}${"]".repeat(100_000)}`)],
  ])("that holds %s is LEDGER_UNREADABLE and names file and remedy", (_name, text) => {
    const problem = problemOf(text);
    expect(problem.code).toBe("LEDGER_UNREADABLE");
    expect(problem.message).toContain("state/acme.json");
    expect(problem.hint).toContain("backup");
  });

  it.each([
    ["vercel.rule.a", { kind: "vercel.key" }, "vercel.rule.a is of kind vercel.key"],
    ["cloudflare.provider_config.a/b", { parent: "cloudflare.gateway.c" }, "lives in cloudflare.gateway.c"],
    ["vercel.rule.a", { parent: "vercel.rule.a" }, "lives in vercel.rule.a"],
    [
      "cloudflare.provider_config.a/b",
      { parent: "cloudflare.provider_config.a/b" },
      "its address is in another",
    ],
  ])("whose %s is %o is LEDGER_UNREADABLE and named", (address, odd, words) => {
    const ledger = emptyLedger("acme", {});
    const entry = {
      kind: kindOf(address),
      status: "ready" as const,
      id: "1",
      applied: {},
      needs: [],
      changed_at: "2026-11-20T12:00:00Z",
      ...odd,
    };
    const problem = problemOf(printLedger({ ...ledger, resources: { [address]: entry } }));
    expect(problem.code).toBe("LEDGER_UNREADABLE");
    expect(problem.message).toContain(words);
  });

  it.each([
    ["a fingerprint that is none", { $secret: { fingerprint: 5 } }],
    ["a source that is none", { $secret: { source: { env: 1 } } }],
    ["more beside it", { $secret: {}, more: 1 }],
    ["a text in its place", { $secret: "text" }],
  ])("that holds a secret with %s cannot be read", (_, mark) => {
    const problem = problemOf(withValue(JSON.stringify([{ deep: mark }])));
    expect(problem.code).toBe("LEDGER_UNREADABLE");
    expect(problem.message).toContain("malformed secret");
  });

  it("may hold values as deep as any config has them", () => {
    expect("ledger" in parseLedger(withValue(`${"[".repeat(100)}${"]".repeat(100)}`), "f")).toBe(true);
  });

  it.each([
    [{ format: 0 }, "it has format 0, and this gateform reads format 1"],
    [{}, `it has no "format", and this gateform reads format 1`],
  ])("%j is called what it is, whatever else is in it", (document, words) => {
    const read = parseLedger(JSON.stringify(document), "the file");
    expect("problem" in read && read.problem).toMatchObject({
      code: "LEDGER_UNREADABLE",
      message: expect.stringContaining(words),
    });
  });

  it("of a newer format is LEDGER_NEWER, whatever else is in it", () => {
    expect(problemOf('{"format": 2, "things": []}').code).toBe("LEDGER_NEWER");
  });

  it("never pollutes a prototype and treats inherited names as absent", () => {
    const hostile = withMember('"__proto__": {"polluted": true, "format": 9}').replace(
      '"resources": {}',
      '"resources": {"__proto__": {"polluted": true}}',
    );
    parseLedger(hostile, "f");
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(problemOf('{"__proto__": {"format": 1}}').code).toBe("LEDGER_UNREADABLE");
  });

  it("puts no control characters of a hostile file into its message", () => {
    const { message } = problemOf(withMember('"\\u001b[2J\\u202eevil": 1'));
    expect(message).toContain("evil");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(message).not.toMatch(/[\u0000-\u001f\u202e]/);
  });
});

describe("the schemas of a plan", () => {
  it("accept one", () => {
    const accepts = compile(planJsonSchema());
    expect(accepts(plan), JSON.stringify(accepts.errors)).toBe(true);
    expect(planSchema.parse(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
  });

  it("refuse one without the live value of a change, while null is a value", () => {
    const text = JSON.stringify(plan);
    const accepts = compile(planJsonSchema());
    const both = (value: unknown) => [accepts(value), planSchema.safeParse(value).success];
    expect(both(JSON.parse(text.replace('"before":300,', '"before":null,')))).toEqual([true, true]);
    expect(both(JSON.parse(text.replace('"before":300,', "")))).toEqual([false, false]);
  });
});
