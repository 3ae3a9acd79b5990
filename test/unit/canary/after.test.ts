// The search that follows a run of the whole suite finds what is planted, and nothing where nothing is.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { searchKept } from "../../canary/after.ts";
import { type Keeper, openKeeper } from "../../canary/kept.ts";
import { belongs } from "../../canary/places.ts";
import { awkwardCanary, canary } from "../../canary/values.ts";

const HERE = "unit/canary/after.test.ts";

function kept() {
  const directory = mkdtempSync(join(tmpdir(), "gateform-kept-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const search = (more: Readonly<Record<string, string>> = {}, ordinary: readonly string[] = []) =>
    searchKept({ directory, more: new Map(Object.entries(more)), ordinary });
  return { keeper: openKeeper(directory), other: openKeeper(directory), search };
}

/** Everything that a run leaves, none of it a secret. */
function keepClean(keeper: Keeper): void {
  keeper.text("stdout of gateform plan", "Plan: 1 to create.\n");
  keeper.text(".gateform/acme.ledger.json", '{"format":1}');
}

test("a value in one output and another in base64 in a file are found, wherever they were known, and are not shown", () => {
  const { keeper, other, search } = kept();
  const [raw, coded, unseen] = [canary("planted"), canary("planted in base64"), canary("planted nowhere")];
  keepClean(keeper);
  keeper.text("stderr of gateform apply", `debug: sent ${raw} to a server`);
  keeper.text("plan.json", JSON.stringify({ body: Buffer.from(`Bearer ${coded}`).toString("base64") }));
  // Known later, and by another process.
  other.secret("OPENAI_API_KEY", raw);
  other.secret("VERCEL_TOKEN", coded);
  other.secret("OTHER_KEY", unseen);
  const result = search();
  expect(result.found).toEqual([
    `OPENAI_API_KEY (raw) in stderr of gateform apply, ${HERE}`,
    `VERCEL_TOKEN (base64) in plan.json, ${HERE}`,
  ]);
  expect(result).toMatchObject({ values: 3, regular: [] });
  expect(JSON.stringify(result)).not.toContain(raw.slice(4, 12));
});

test.each([
  ["eight characters of a value", (value: string) => value.slice(5, 13)],
  ["a value in a URL", encodeURIComponent],
  ["a value in JSON", (value: string) => JSON.stringify({ value })],
])("%s: found in what the test runner prints", (_, planted) => {
  const { keeper, search } = kept();
  const value = awkwardCanary("planted in another form");
  keepClean(keeper);
  keeper.secret("OPENAI_API_KEY", value);
  expect(search().found).toEqual([]);
  expect(search({ output: `expected ${planted(value)} to be nothing` }).found).not.toEqual([]);
});

test("a value of which the product's own words are a part is found by the rest of it", () => {
  const { keeper, search } = kept();
  const value = `provider-config-${canary("with words")}`;
  keeper.secret("OPENAI_API_KEY", value);
  keeper.text("stdout of gateform plan", "the provider-config-page");
  expect(search({}, ["a provider-config- is a word"]).found).toEqual([]);
  expect(search({}, []).found).toHaveLength(1);
  keeper.text("stderr of gateform plan", `refused: ${value}`);
  expect(search({}, ["a provider-config- is a word"]).found).toHaveLength(1);
});

test("a value is found beside another one that belongs there, but not by what both have in common", () => {
  const { keeper, search } = kept();
  const [mine, other] = [canary("delivered"), canary("not delivered")];
  keeper.secret("vercel.keys of a server", mine);
  keeper.secret("OPENAI_API_KEY", `${mine}0`);
  keeper.secret("OTHER_KEY", other);
  keeper.text("out/ci.key", mine);
  expect(search().found).toEqual([]);
  keeper.text("out/ci.key", `${mine} ${other}`);
  expect(search().found).toEqual([`OTHER_KEY (raw) in out/ci.key, ${HERE}`]);
});

test.each(["x".repeat(40), "provider-config"])("a value that is like ordinary text is named: %s", (value) => {
  const { keeper, search } = kept();
  keeper.secret("OPENAI_API_KEY", value);
  expect(search({}, ["const provider-config = 1"])).toMatchObject({
    values: 0,
    regular: [`OPENAI_API_KEY in ${HERE}`],
  });
});

test("a value that is shorter than any secret is not searched for, and is no mistake of a test", () => {
  const { keeper, search } = kept();
  keeper.secret("OPENAI_API_KEY", "short");
  keeper.text("stdout of gateform plan", "short");
  expect(search()).toMatchObject({ found: [], regular: [] });
});

test("nothing that is found is let pass in an output, a plan, a report, a ledger or a debug log", () => {
  const texts = [
    ...["plan", "apply", "rotate", "drift", "export", "show", "ledger show", "destroy", "adopt"].flatMap(
      (name) => [`stdout of gateform ${name}`, `stderr of gateform ${name} --debug`],
    ),
    ...["stderr of gateform serve", "stderr of gateform demo", "a plan", "an apply", "a request"],
    ...["gateform.yaml", "plan.json", "saved.json", "plan.md", "report.json", "report.md", "export.yaml"],
    ...[".gateform/a.ledger.json", ".gateform/a.ledger.json.lock", ".gateform/history/1.json"],
    ...["POST /state/acme at a ledger's server", "URL at a stand-in", "the test runner's output"],
  ];
  const names = [
    ...[
      "CLOUDFLARE_API_TOKEN",
      "VERCEL_TOKEN",
      "OPENAI_API_KEY",
      "GATEFORM_LEDGER_KEY",
      "canary provider key",
    ],
    ...["cloudflare.tokens of a server", "vercel.keys of a server", "cloudflare.secrets of a server"],
  ];
  const tests = [
    "e2e/canaries.test.ts",
    "e2e/sinks.test.ts",
    "contract/rotate.test.ts",
    "fuzz/plans.test.ts",
  ];
  const let_pass = tests.flatMap((test) =>
    texts.flatMap((name) =>
      names.filter((what) => belongs({ test, name }, [what])).map((what) => `${what} in ${name}`),
    ),
  );
  expect(let_pass).toEqual([]);
});
