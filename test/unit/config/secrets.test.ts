import { describe, expect, test } from "vitest";
import type { Diagnostic } from "../../../src/base/diagnostic.ts";
import { looksSecret } from "../../../src/config/source.ts";
import { diagnose, document, loadFiles, loadGood } from "./support.ts";

const CANARY = "canary-9f3K1xQ7";
const plant = (body: string) =>
  `alpha:\n  account_id: a\n  gardens:\n    g:\n      plants:\n        rose: ${body}\n`;

function expectNoCanary(found: readonly Diagnostic[]): void {
  expect(found.length).toBeGreaterThan(0);
  const text = JSON.stringify(found);
  // Any eight characters of it would be a leak.
  for (let from = 0; from + 8 <= CANARY.length; from++)
    expect(text).not.toContain(CANARY.slice(from, from + 8));
}

describe("a secret", () => {
  test.each([
    ["{ env: ROSE }", { env: "ROSE" }],
    ["{ file: keys/rose }", { file: "sub/keys/rose" }],
    ["{ file: /run/rose }", { file: "/run/rose" }],
    ["{ command: [op, read, x] }", { command: ["op", "read", "x"] }],
  ])("written as %s becomes a mark; files are found from the working directory", async (text, source) => {
    const { config } = await loadFiles(
      { "sub/a.yaml": document(plant(`{ secret: ${text} }`)) },
      { files: ["sub/a.yaml"] },
    );
    const rose = config?.desired.resources.find(({ address }) => address === "alpha.plant.g/rose");
    expect(rose?.fields.secret).toEqual({ $secret: { source } });
  });

  test.each([
    ["$secret", "{ source: { env: ROSE } }", "{ env: NAME }"],
    ["$ref", "alpha.garden.g", "{ ref: ADDRESS }"],
  ])("cannot be passed off by a key %s", async (key, value, instead) => {
    const [found] = await diagnose(plant(`{ secret: { env: ROSE }, ${key}: ${value} }`));
    expect(found).toMatchObject({
      code: "UNKNOWN_KEY",
      message: expect.stringContaining(`"${key}"`),
      hint: expect.stringContaining(instead),
      position: { line: 8 },
    });
  });

  test("of a provider is its default where the file says nothing", async () => {
    const { providers } = await loadGood("alpha: { account_id: a }\nbeta: { token: { file: t } }");
    expect(providers.alpha?.credentials).toEqual({ api_token: { env: "ALPHA_TOKEN" } });
    expect(providers.beta?.credentials).toEqual({ token: { file: "t" } });
    expect(providers.beta?.settings).toEqual({});
  });

  test("written out is an error that shows what to write and not the value", async () => {
    const found = await diagnose(plant(`{ secret: ${CANARY} }`));
    expect(found).toMatchObject([
      {
        code: "LITERAL_SECRET",
        hint: "write secret: { env: ROSE_KEY }, { file: PATH } or { command: [PROGRAM, …] }",
        position: { line: 8, column: 17 },
      },
    ]);
    expect(found[0]?.snippet).toBeUndefined();
    expectNoCanary(found);
  });

  test.each([
    ["a resource", plant("sk-CANARY")],
    ["a section", "alpha: { account_id: a, gardens: sk-CANARY }"],
    ["a block", "alpha: sk-CANARY"],
    ["a key", "alpha: { account_id: a, sk-CANARY: 1 }"],
  ])("written out in place of %s is not shown either", async (_, body) => {
    expectNoCanary(await diagnose(body.replace("CANARY", CANARY)));
  });

  test("of a provider written out is an error that names its default variable", async () => {
    const found = await diagnose(`alpha: { account_id: a, api_token: ${CANARY} }`);
    expect(found).toMatchObject([
      { code: "LITERAL_SECRET", hint: expect.stringContaining("{ env: ALPHA_TOKEN }") },
    ]);
    expectNoCanary(found);
  });

  test.each([
    ["a number", "{ secret: 123456789012 }", "LITERAL_SECRET"],
    ["nothing", "{ secret: }", "BAD_SECRET"],
    ["two sources", "{ secret: { env: A, file: b } }", "BAD_SECRET"],
    ["an unknown source", "{ secret: { vault: a } }", "BAD_SECRET"],
    ["a list", "{ secret: [a] }", "BAD_SECRET"],
    ["an empty command", "{ secret: { command: [] } }", "BAD_SECRET"],
  ])("given as %s is refused", async (_, body, code) => {
    expect(await diagnose(plant(body))).toMatchObject([{ code }]);
  });
});

describe("no message shows a secret", () => {
  const line = (text: string) => plant(`{ ${text} }`);
  test.each([
    ["beside another mistake on its line", line(`secret: ${CANARY}, slgu: x`)],
    ["as the name of a variable", line(`secret: { env: "${CANARY}!" }`)],
    ["under a mistyped source", line(`secret: { evn: ${CANARY} }`)],
    ["under a mistyped field", line(`secrt: ${CANARY}`)],
    ["under an unknown field with a telling name", line(`password: ${CANARY}`)],
    [
      "in a block of text",
      plant(`\n          secret: |\n            ${CANARY}\n            two\n          slgu: x`),
    ],
    ["in a map of secrets", `alpha:\n  account_id: a\n  gardens: { g: { headers: { x: ${CANARY} } } }`],
    ["in place of a map of secrets", `alpha:\n  account_id: a\n  gardens: { g: { headers: "x ${CANARY}" } }`],
    [
      "in place of a map with a secret in it",
      `alpha:\n  account_id: a\n  gardens: { g: { hook: ${CANARY} } }`,
    ],
    [
      "inside an alternative of a union",
      `alpha:\n  account_id: a\n  gardens: { g: { alarm: { url: "https://a.example", auth: ${CANARY} } } }`,
    ],
    [
      "inside an alternative of a union with other mistakes",
      `alpha:\n  account_id: a\n  gardens: { g: { alarm: { ulr: a, auth: { evn: ${CANARY} } } } }`,
    ],
    ["in a line that is no YAML", line(`secret: "${CANARY}`)],
    ["before the place where a line stops being YAML", `alpha:\n  account_id: a\n  api_token: "${CANARY}" x`],
    ["before a password's @ in base_url", `beta: { base_url: "https://u:${CANARY}@api.beta.example" }`],
    ["twice", `${line(`secret: ${CANARY}`)}    h: { plants: { rose: { secret: ${CANARY} } } }\n`],
  ])("that stands %s", async (_, body) => {
    expectNoCanary(await diagnose(body));
  });

  test("that comes from the environment", async () => {
    const found = await diagnose(plant('{ secret: "${env:GATEFORM_OOPS}" }'), {
      env: { GATEFORM_OOPS: CANARY },
    });
    expect(found).toMatchObject([
      { code: "LITERAL_SECRET", hint: expect.stringContaining("{ env: GATEFORM_OOPS }") },
    ]);
    expectNoCanary(found);
  });

  test("and the search would find one", () => {
    const leak = { severity: "error", code: "X", message: `found ${CANARY}` } as const;
    expect(() => expectNoCanary([leak])).toThrow();
  });
});

test.each([
  ["sk-proj-abcdef123456", true],
  ["Authorization: Bearer abcdefgh1234", true],
  ["023e105f4ecef8ad9ca31a8372d0c353", true],
  ["QwmRtKDpCvFZxyuBHLTabGhWMnj", true],
  ["InvalidateCacheOnUpdateAndMore", false],
  ["GATEFORM_LEDGER_HOSTS_OF_ALL", false],
  ["anthropic/claude-opus-4.7", false],
  ["claude-haiku-4-5-20251001-preview", false],
  ["prevent_destroy: true # keep this one", false],
])("the text %j looks like a secret: %s", (text, expected) => {
  expect(looksSecret(text)).toBe(expected);
});
