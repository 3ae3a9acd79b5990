// Everything that can be written in a file or read in a message can be explained, and the words are those of the
// reference pages.

import { describe, expect, test } from "vitest";
import { CODE_TABLES } from "../../../src/app/codes.ts";
import { explainTopic } from "../../../src/app/explain/explain.ts";
import { checksOf, findTopic, type Known } from "../../../src/app/explain/topic.ts";
import { layoutOf } from "../../../src/config/layout.ts";
import { blockRows, bodyRows, headRows } from "../../../src/config/rows.ts";
import type { Explanation } from "../../../src/model/explanation.ts";
import { providers } from "../../../src/providers/index.ts";
import { renderExplanationText } from "../../../src/render/explanation-text.ts";
import { PLAIN } from "../../../src/render/style.ts";
import { textOf } from "../docs/pages.ts";

const known: Known = { providers, declared: [] };
const layout = layoutOf(providers);
const kinds = [...layout.kinds.values()];

function explained(text: string): Explanation {
  const topic = findTopic(text, known);
  if (topic === undefined) throw new Error(`${text} means nothing`);
  return explainTopic(topic, known);
}

/** Labels of facts, for topics whose facts differ from those that all have. */
function fact({ facts }: Explanation, label: string): string | undefined {
  return facts.find((item) => item.label === label)?.text;
}

describe.each(kinds.map((of) => [of.name, of] as const))("%s", (name, of) => {
  test("is explained in the words of its reference page", () => {
    const page = textOf("docs/reference/kinds.md");
    const { summary, facts } = explained(name);
    expect(summary).toContain(of.kind.definition.description);
    for (const { label, text } of facts.filter((item) => item.label !== "Section")) {
      expect(page).toContain(`- ${label}: ${text}`);
    }
  });

  test("has every field explained under its own name, with type and description", () => {
    for (const { path } of bodyRows(of)) {
      const it = explained(`${name}.${path}`);
      expect([it.topic, it.type]).toEqual([`${name}.${path}`, "field"]);
      expect(it.summary, path).not.toBe("");
      expect(it.title, path).not.toBe("");
      expect(fact(it, "Type"), path).not.toBe("");
      expect(it.examples.length, path).toBeGreaterThan(0);
    }
  });
});

test("every key of the head and of the providers' blocks is explained", () => {
  const paths = [
    ...headRows().map(({ path }) => path),
    ...[...layout.providers.values()].flatMap((of) =>
      blockRows(of).map(({ path }) => `${of.provider.name}.${path}`),
    ),
  ];
  expect(paths.length).toBeGreaterThan(20);
  for (const path of paths) expect(explained(path), path).toMatchObject({ topic: path, summary: /./ });
});

test("every code and every check is explained", () => {
  const codes = [
    ...CODE_TABLES.flatMap(({ codes }) => Object.keys(codes)),
    ...checksOf(known).map(({ code }) => code),
  ];
  expect(codes.length).toBeGreaterThan(60);
  for (const code of codes) expect(explained(code), code).toMatchObject({ topic: code, summary: /./ });
});

test("a code of two tables has both meanings", () => {
  const text = renderExplanationText(explained("NOT_FOUND"), { style: PLAIN });
  expect(text).toContain("`adopt` names an id");
  expect(text).toContain("It is not there");
});

test("every risk is explained with the fields that run it", () => {
  const risks = kinds.flatMap(({ name, kind }) =>
    Object.entries(kind.rules.fields).flatMap(([field, { risk }]) =>
      risk === undefined ? [] : [[risk.code, `${name}.${field}`] as const],
    ),
  );
  expect(risks.length).toBeGreaterThan(5);
  for (const [code, field] of risks) {
    expect(explained(code).lists.flatMap(({ items }) => items.map(({ name }) => name))).toContain(field);
    expect(fact(explained(field), "Risk")).toContain(`\`${code}\``);
  }
});

test("what there is to explain is listed and can be explained", () => {
  const names = explained("").lists.flatMap(({ items }) => items.map(({ name }) => name));
  expect(names).toEqual(expect.arrayContaining([...kinds.map(({ name }) => name), "policy", "vercel"]));
  for (const name of names) expect(findTopic(name, known), name).toBeDefined();
});

describe("a field's policy", () => {
  test.each([
    ["cloudflare.gateway.rate_limiting_limit", "Left out", "left alone; a new one gets `0`"],
    ["cloudflare.gateway.authentication", "Left out", "left alone; the server may fill it in"],
    ["cloudflare.gateway.guardrails.prompt", "Left out", "required"],
    ["cloudflare.provider_config.provider_slug", "Left out", "the key"],
    ["cloudflare.provider_config.alias", "Change", "immutable: another value replaces the resource"],
    [
      "cloudflare.provider_config.secret",
      "Secret",
      "never read back; a change is noticed by its fingerprint",
    ],
    ["cloudflare.gateway.otel[].url", "Part of", "`otel` (OpenTelemetry)"],
    ["vercel.key.budget", "Owned", "member by member: one that the file leaves out is left alone"],
    ["policy.max_deletes", "Default", "`0`"],
    ["cloudflare.gateway.lifecycle.on_remove", "Default", '`"delete"`'],
  ])("of %s says under %s: %s", (path, label, text) => {
    expect(fact(explained(path), label)).toBe(text);
  });

  test("is there for programs as well", () => {
    expect(explained("cloudflare.secret.value").rules).toMatchObject({
      required: true,
      write_only: true,
      immutable: false,
    });
    expect(explained("cloudflare.gateway.authentication").rules).toMatchObject({
      server_default: true,
      risk: { code: "authentication-off" },
    });
  });
});

test("vendors' addresses are https pages of the vendor's own", () => {
  const pages = kinds.flatMap(({ kind }) => kind.definition.docs);
  expect(pages.length).toBeGreaterThan(4);
  for (const { url } of pages)
    if (url !== undefined) expect(url).toMatch(/^https:\/\/(?:vercel|developers\.cloudflare)\.com\//);
});
