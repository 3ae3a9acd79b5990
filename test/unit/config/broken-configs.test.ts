import { expect, test } from "vitest";
import { providers } from "../../../src/providers/index.ts";
import { at, document, loadFiles } from "./support.ts";

const gateway = (body: string) =>
  `cloudflare:\n  account_id: acme\n  gateways:\n    support:\n      ${body}\n`;

const vercel = (section: string) => `vercel:\n  team: acme\n  ${section}\n`;

test.each([
  ["a typo in a key", gateway("athentication: true"), "UNKNOWN_KEY", "7:7", "did you mean authentication?"],
  [
    "a beginning of several keys",
    gateway("rate_limit: 10"),
    "UNKNOWN_KEY",
    "7:7",
    "did you mean rate_limiting_interval, rate_limiting_limit or rate_limiting_technique?",
  ],
  [
    "a mistyped key that is needed",
    gateway("provider_configs: { openai: { secrets: { env: A } } }"),
    "UNKNOWN_KEY",
    "7:37",
    "did you mean secret?",
  ],
  ["a yes that YAML 1.2 reads as text", gateway("zdr: yes"), "WRONG_TYPE", "7:12", "write true"],
  [
    "a missing list whose example is long",
    gateway("routes: { tiered: {} }"),
    "MISSING_FIELD",
    "7:17",
    "`gateform explain cloudflare.route.elements` shows what to write",
  ],
  [
    "an address with a section in place of the kind",
    gateway(
      "provider_configs: { openai: { secret_id: { ref: cloudflare.secrets.support_openai_default } } }",
    ),
    "BAD_REF",
    "7:55",
    "did you mean cloudflare.secret.support_openai_default?",
  ],
  [
    "an empty list where there has to be something",
    "cloudflare:\n  account_id: acme\n  tokens:\n    a: { permissions: [] }\n",
    "WRONG_VALUE",
    "6:10",
    "permissions is an empty list; expected at least 1 entry",
  ],
  ...["10.0.0.1/33", "10.0.0.256", "10.0.0", "2001:db8::/129", "acme"].map(
    (range): [string, string, string, string, string] => [
      `the address range ${range}`,
      `cloudflare:\n  account_id: acme\n  tokens:\n    a: { permissions: [AI Gateway Run], condition: { request_ip: { in: ["${range}"] } } }\n`,
      "WRONG_VALUE",
      "6:73",
      "expected an address range such as 192.0.2.0/24 or 2001:db8::/32",
    ],
  ),
  ["a wrong type", gateway('cache_ttl: "300"'), "WRONG_TYPE", "7:18", "expected a whole number"],
  [
    "a malformed provider slug",
    gateway('provider_configs: { openai: { provider_slug: "open ai", secret: { env: A } } }'),
    "WRONG_VALUE",
    "7:52",
    "expected a provider slug",
  ],
  [
    "a literal secret",
    gateway("provider_configs: { openai: { secret: abc } }"),
    "LITERAL_SECRET",
    "7:37",
    "write secret: { env: OPENAI_API_KEY }",
  ],
  [
    "a missing variable",
    gateway("cache_ttl: ${env:GATEFORM_TTL}"),
    "ENV_MISSING",
    "7:18",
    "GATEFORM_TTL is not set",
  ],
  [
    "a forbidden variable",
    gateway("cache_ttl: ${env:CLOUDFLARE_API_TOKEN}"),
    "ENV_IS_SECRET",
    "7:18",
    "CLOUDFLARE_API_TOKEN holds a secret",
  ],
  [
    "a duplicate key",
    gateway("zdr: true\n      zdr: false"),
    "DUPLICATE_KEY",
    "8:7",
    "the first is at gateform.yaml:7:7",
  ],
  ["a null section", "vercel:\n  team: t\n  rules:\n", "NULL_SECTION", "5:3", "write rules: {}"],
  [
    "a reference where none is taken",
    gateway("cache_ttl: { ref: vercel.rule.a }"),
    "REF_NOT_TAKEN",
    "7:7",
    "write the value itself",
  ],
  [
    "a bad gateway id",
    "cloudflare:\n  account_id: acme\n  gateways:\n    Support Team: {}\n",
    "BAD_KEY",
    "6:5",
    "cannot be the key of a gateway; expected lower-case letters",
  ],
  [
    "two resources of one identity",
    "vercel:\n  team: t\n  rules:\n    a: { type: deny, source: openai/gpt-5 }\n    b: { type: deny, source: openai/gpt-5 }\n",
    "DUPLICATE_IDENTITY",
    "7:5",
    "vercel.rule.a (gateform.yaml:6:5)",
  ],
  [
    "a foreign base_url",
    "vercel:\n  team: t\n  base_url: https://api.vercel.com.evil.example\n",
    "FOREIGN_BASE_URL",
    "5:13",
    "VERCEL_BASE_URL",
  ],
  [
    "an unknown lifecycle field",
    gateway("lifecycle: { prevent_destory: true }"),
    "UNKNOWN_KEY",
    "7:20",
    "did you mean prevent_destroy?",
  ],
  [
    "a map where a list belongs",
    "vercel:\n  team: t\n  keys:\n    ci: { deliver: { file: out/ci.key } }\n",
    "WRONG_TYPE",
    "6:11",
    "write deliver: [{ file: { path: out/ci.key } }]",
  ],
  [
    "text where a map belongs",
    "vercel:\n  team: t\n  keys:\n    ci: { deliver: [{ file: out/ci.key }] }\n",
    "WRONG_TYPE",
    "6:29",
    "write file: { path: out/ci.key }",
  ],
  [
    "a section written as a list",
    "cloudflare:\n  account_id: acme\n  gateways:\n    - support\n",
    "WRONG_TYPE",
    "5:3",
    "write `name: …` without a dash",
  ],
  [
    "a block without its account",
    "cloudflare:\n  gateways: {}\n",
    "MISSING_FIELD",
    "3:1",
    "write account_id: ${env:CLOUDFLARE_ACCOUNT_ID}",
  ],
  [
    "the last word of a key",
    vercel("keys: { ci: { budget: { limit: 5, period: monthly } } }"),
    "UNKNOWN_KEY",
    "5:37",
    "did you mean refresh_period?",
  ],
  [
    "a beginning of a word where one of several belongs",
    vercel("budgets: { team: { limit: 5, refresh_period: month } }"),
    "WRONG_VALUE",
    "5:48",
    "did you mean monthly?",
  ],
  [
    "a number that is not one of those that are taken",
    vercel("budgets: { team: { limit: 5, alert_thresholds: [50, 80] } }"),
    "WRONG_VALUE",
    "5:55",
    "alert_thresholds[1] is 80; expected 50, 75 or 100",
  ],
  [
    "a number where a map belongs that may also be null",
    vercel("keys: { ci: { budget: 50 } }"),
    "WRONG_TYPE",
    "5:25",
    "write budget: { limit: 500, refresh_period: monthly }",
  ],
  [
    "a number where a resource belongs",
    vercel("budgets: { projects: { web: 300 } }"),
    "WRONG_TYPE",
    "5:26",
    "write web: { limit: 300,",
  ],
  [
    "a group of a section without a value",
    vercel("budgets: { team: null }"),
    "NULL_SECTION",
    "5:14",
    "the section budgets.team has no value",
  ],
  [
    "a mistyped key that a rule about the whole asks for",
    vercel("rules: { a: { type: rewrite, source: openai/gpt-5.5, dest: openai/gpt-5.1 } }"),
    "UNKNOWN_KEY",
    "5:56",
    "did you mean destination?",
  ],
  [
    "a key that a rule about the whole asks for",
    vercel("virtual_models: { in-house: { kind: relay, model: acme/large } }"),
    "WRONG_VALUE",
    "5:21",
    "a relay needs a base_url write base_url: ",
  ],
  [
    "a field that a rule about the whole forbids",
    vercel("rules: { a: { type: deny, source: openai/gpt-5.5, destination: openai/gpt-5.1 } }"),
    "WRONG_VALUE",
    "5:66",
    "destination: a deny rule takes none",
  ],
  [
    "one secret where a map of them belongs",
    vercel("byok_credentials: { openai: { credential: { env: OPENAI_API_KEY } } }"),
    "BAD_SECRET",
    "5:33",
    "credential is a single reference; expected a map, in which every name has a reference of its own write credential: { apiKey: { env: OPENAI_API_KEY } }",
  ],
  ["bad YAML", gateway("zdr: [true"), "BAD_YAML", "8:1", "not valid YAML"],
])("%s is one error with its place and what to write", async (_, body, code, place, words) => {
  const { diagnostics } = await loadFiles({ "gateform.yaml": document(body) }, { providers });
  expect(diagnostics.map((item) => item.code)).toEqual([code]);
  const [found] = diagnostics;
  if (found === undefined) throw new Error("nothing found");
  expect(at(found)).toBe(place);
  expect(`${found.message} ${found.hint ?? ""}`).toContain(words);
});

test.each([
  "10.0.0.0/8",
  "192.0.2.255/32",
  "0.0.0.0/0",
  "192.0.2.7",
  "2001:db8::/32",
  "::1",
  "::ffff:192.0.2.1/128",
])("the address range %s is no mistake", async (range) => {
  const body = `cloudflare:\n  account_id: acme\n  tokens:\n    a: { permissions: [AI Gateway Run], condition: { request_ip: { in: ["${range}"] } } }\n`;
  const { diagnostics } = await loadFiles({ "gateform.yaml": document(body) }, { providers });
  expect(diagnostics).toEqual([]);
});

test("an unknown provider slug is no mistake", async () => {
  const { config, diagnostics } = await loadFiles(
    { "gateform.yaml": document(gateway("provider_configs: { opnai: { secret: { env: A } } }")) },
    { providers },
  );
  expect(config?.desired.resources.map(({ address }) => address)).toEqual([
    "cloudflare.gateway.support",
    "cloudflare.provider_config.support/opnai",
    "cloudflare.secrets_store.default",
  ]);
  expect(diagnostics).toEqual([]);
});

test.each([
  "{ credential: { env: sk-canary-9f3c } }",
  "{ credential: sk-canary-9f3c }",
  "{ credential: { apiKey: sk-canary-9f3c } }",
])("a secret that is written out in %s shows in no message", async (body) => {
  const text = document(`vercel:\n  team: acme\n  byok_credentials:\n    openai: ${body}\n`);
  const { diagnostics } = await loadFiles({ "gateform.yaml": text }, { providers });
  expect(diagnostics).toHaveLength(1);
  expect(JSON.stringify(diagnostics)).not.toContain("canary");
});
