// Laws of export, over live states of the real kinds: what it writes is valid, plans to nothing, does not depend on
// the order of the lists, and holds no secret. The kinds' own codecs are not in it; the contract suite has those.

import fc from "fast-check";
import { describe, expect } from "vitest";
import { checkExport, readableExport } from "../../src/app/export-check.ts";
import type { JsonValue } from "../../src/base/json.ts";
import { type ExportFile, exportFiles } from "../../src/config/export/files.ts";
import { fitToSpecs } from "../../src/config/export/fit.ts";
import { exportLive, listExported, listLeftOut } from "../../src/engine/export.ts";
import type { ExportedSection } from "../../src/model/exported.ts";
import type { LiveResource, LiveState } from "../../src/model/live.ts";
import type { AnyKind } from "../../src/provider/provider.ts";
import { providers } from "../../src/providers/index.ts";
import { law } from "./law.ts";

const depth = (kind: AnyKind): number => (kind.rules.parent === undefined ? 0 : 1);
const kinds = providers.flatMap((provider) => provider.kinds).sort((a, b) => depth(a) - depth(b));
const rules = kinds.map((kind) => kind.rules);
const PRINT = "abcdef01:0123456789abcdef";
const secret: JsonValue = { $secret: { fingerprint: PRINT } };

/** Names as people and attackers choose them. */
const name = fc.oneof(
  fc.constantFrom(
    "ci",
    "ci",
    "yes",
    "1.0",
    "null",
    "${env:HOME}",
    "$${x",
    "a: b # c",
    "- x",
    "é\u202e",
    "\u001b[31m",
  ),
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.string({ unit: "binary", minLength: 1, maxLength: 6 }),
);
const slug = fc.stringMatching(/^[a-z][a-z0-9]{0,3}$/);
const maybe = <T extends JsonValue>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 3 });
const amount = fc.nat({ max: 1000 });

const gatewayFields = fc.record(
  {
    authentication: fc.boolean(),
    cache_ttl: maybe(amount),
    collect_logs: fc.boolean(),
    guardrails: maybe(
      fc.record({
        prompt: fc.dictionary(fc.constantFrom("P1", "S1"), fc.constantFrom("FLAG", "BLOCK")),
        response: fc.constant({}),
      }),
    ),
    log_management: fc.constantFrom(10_000_000, 100_000, 50_000),
    log_management_strategy: fc.constantFrom("DELETE_OLDEST", "STOP_INSERTING"),
    otel: maybe(
      fc.array(
        fc.record({
          url: fc.constant("https://otel.example.com/v1"),
          headers: fc.dictionary(
            name.filter((text) => text !== "__proto__"),
            fc.constant(secret),
            { maxKeys: 2 },
          ),
          authorization: maybe(fc.constant(secret)),
          content_type: fc.constantFrom("json", "protobuf", null),
        }),
        { maxLength: 2 },
      ),
    ),
    rate_limiting_limit: amount,
    retry_backoff: fc.constantFrom(null, "constant", "quadratic"),
    spend_limits: maybe(
      fc.record({
        enabled: fc.boolean(),
        rules: fc.array(
          fc.record({
            id: slug,
            limitType: fc.constant("cost"),
            limit: fc.constant(5),
            window: fc.constant(60),
            technique: fc.constantFrom("sliding", "fixed"),
          }),
          { maxLength: 2 },
        ),
      }),
    ),
    store_id: fc.constantFrom("store", "other", "", null),
    stripe: maybe(
      fc.record({
        authorization: fc.constant(secret),
        usage_events: fc.array(fc.record({ payload: name }), { maxLength: 1 }),
      }),
    ),
  },
  { requiredKeys: ["collect_logs"] },
);

const configFields = fc.record({
  provider_slug: slug,
  alias: fc.constantFrom("default", "batch", "a-b"),
  default_config: fc.boolean(),
  rate_limit: maybe(amount),
  rate_limit_period: fc.constantFrom(60, 30, null),
});

const keyFields = fc.record({
  name,
  project_id: maybe(fc.constant("prj_1")),
  expires_at: maybe(fc.constant("2027-06-30T00:00:00Z")),
  budget: maybe(
    fc.record({
      limit: fc.integer({ min: 0, max: 5 }),
      refresh_period: fc.constantFrom("none", "monthly"),
      include_byok: fc.boolean(),
      alert_thresholds: fc.constantFrom<JsonValue>([], [50, 100]),
    }),
  ),
});

const ruleFields = fc.record({
  type: fc.constantFrom("deny", "rewrite"),
  source: fc.constantFrom("a/b", "c/d", "e/f:g", "noslash"),
  destination: fc.constantFrom(null, "x/y", "a/b"),
  reason: maybe(name),
  description: maybe(name),
  enabled: fc.boolean(),
});

/** A gateway with its configs: keys are ids, so they are unique. */
const gateways = fc.uniqueArray(
  fc.record({
    id: fc.oneof(slug, fc.constantFrom("a-b", "Upper.Case")),
    fields: gatewayFields,
    configs: fc.uniqueArray(configFields, {
      maxLength: 3,
      selector: (it) => `${it.provider_slug}/${it.alias}`,
    }),
  }),
  { maxLength: 3, selector: ({ id }) => id },
);

const liveResources = fc
  .record({
    gateways,
    keys: fc.array(keyFields, { maxLength: 4 }),
    rules: fc.array(ruleFields, { maxLength: 4 }),
  })
  .map((found): LiveResource[] => {
    const of = (
      kind: string,
      index: number,
      label: string,
      fields: LiveResource["fields"],
    ): LiveResource => ({
      kind,
      id: `${kind.split(".")[1]}_${index}`,
      name: label,
      fields,
    });
    return [
      { kind: "cloudflare.secrets_store", id: "store", name: "default", fields: { name: "default" } },
      ...found.gateways.flatMap(({ id, fields, configs }, at) => [
        { kind: "cloudflare.gateway", id, name: id, fields: { ...fields, id } as LiveResource["fields"] },
        ...configs.map((config, index) => ({
          ...of(
            "cloudflare.provider_config",
            at * 10 + index,
            `${config.provider_slug}/${config.alias}`,
            config,
          ),
          parent_id: id,
        })),
      ]),
      ...found.keys.map((fields, index) => of("vercel.key", index, fields.name, fields)),
      ...found.rules.map((fields, index) =>
        of("vercel.rule", index, `${fields.type} ${fields.source}`, fields),
      ),
    ];
  });

function stateOf(resources: readonly LiveResource[]): LiveState {
  const parents = resources.filter(({ kind }) => kind === "cloudflare.gateway");
  return {
    accounts: {},
    actors: {},
    absent: [],
    resources,
    readings: rules.flatMap(({ kind, parent }) =>
      parent === undefined
        ? [{ kind, complete: true }]
        : parents.map(({ id }) => ({ kind, parent_id: id, complete: true })),
    ),
  };
}

interface Made {
  readonly sections: readonly ExportedSection[];
  readonly files: readonly ExportFile[];
}

function make(live: LiveState, with_defaults: boolean, split: boolean): Made {
  const found = exportLive({
    kinds,
    live,
    ledger: null,
    declared: [],
    selection: { selectors: [], rules },
    with_defaults,
    reserved_env: new Set(["CLOUDFLARE_API_TOKEN"]),
  });
  const sections = fitToSpecs(found, kinds);
  const blocks = [
    { provider: "cloudflare", title: "Cloudflare", settings: { account_id: "0123" } },
    { provider: "vercel", title: "Vercel", settings: { team: "acme" } },
  ];
  return {
    sections,
    files: exportFiles({
      head: { stack: "laws", blocks },
      sections,
      kinds,
      sourceOf: (source) => source,
      schemas: ".",
      split,
    }),
  };
}

const options = fc.record({ defaults: fc.boolean(), split: fc.boolean() });

const RUNS = 100;

describe("export", () => {
  law("is valid and plans to nothing, whatever is live and whatever it is called", {
    scenario: fc.tuple(liveResources, options),
    runs: RUNS,
    // A name that shows as nothing, and is no control: it is escaped in the file, so it has to stand in quotes.
    regressions: [
      [
        [
          { kind: "cloudflare.secrets_store", id: "store", name: "default", fields: { name: "default" } },
          {
            kind: "cloudflare.gateway",
            id: "a",
            name: "a",
            fields: {
              id: "a",
              collect_logs: false,
              otel: [
                {
                  url: "https://otel.example.com/v1",
                  headers: { "\u{e0080}": secret },
                  authorization: null,
                  content_type: "json",
                },
              ],
            },
          },
        ],
        { defaults: false, split: false },
      ],
    ],
    holds: ([resources, { defaults, split }]) => {
      const live = stateOf(resources);
      const { sections, files } = make(live, defaults, split);
      const stack = {
        cwd: "/nowhere",
        providers,
        rules: new Map(rules.map((own) => [own.kind, own])),
        now: () => 0,
      };
      const exported = sections.flatMap(listExported);
      const write = () => files;
      const proof = readableExport({ ...stack, kinds }, { sections, write, directory: "/nowhere" });
      expect(proof.sections, "the specs say all that a file cannot hold").toEqual(sections);
      expect(checkExport(stack, { desired: proof.config.desired, resources: exported, live })).toEqual([]);
    },
  });

  law("takes everything along or says what it leaves out", {
    scenario: liveResources,
    holds: (resources) => {
      const { sections } = make(stateOf(resources), false, false);
      const whole = sections.flatMap(listLeftOut).filter(({ field }) => field === undefined);
      const said = [...sections.flatMap(listExported), ...whole].map(({ id }) => id);
      const lost = new Set(whole.map(({ id }) => id));
      const expected = resources
        .filter(({ kind, parent_id }) => kind !== "cloudflare.secrets_store" && !lost.has(parent_id ?? ""))
        .map(({ id }) => id);
      expect([...said].sort()).toEqual([...expected].sort());
    },
  });

  law("is the same text in whatever order the lists come", {
    scenario: liveResources.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    ),
    holds: ([list, shuffled]) => {
      expect(make(stateOf(shuffled), false, false).files).toEqual(make(stateOf(list), false, false).files);
    },
  });

  law("holds no secret, no fingerprint of one, and nothing that acts on a terminal", {
    scenario: fc.tuple(liveResources, options),
    runs: RUNS,
    holds: ([resources, { defaults, split }]) => {
      const { files } = make(stateOf(resources), defaults, split);
      const text = files.map((file) => file.text).join("");
      expect(text).not.toContain(PRINT);
      expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    },
  });

  law("gives every secret a variable of its own, and none that a credential has", {
    scenario: liveResources,
    holds: (resources) => {
      const { sections } = make(stateOf(resources), false, false);
      const names = sections.flatMap(listExported).flatMap((one) => one.new_env);
      expect(new Set(names).size).toBe(names.length);
      expect(names).not.toContain("CLOUDFLARE_API_TOKEN");
      for (const variable of names) expect(variable).toMatch(/^[A-Z][A-Z0-9_]*$/);
    },
  });
});
