// When the checks of routing rules fire beyond the examples of their pages: over live rules that no file declares.

import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../src/base/json.ts";
import type { LiveResource } from "../../../src/model/live.ts";
import { codesOf, findings, live, loaded } from "./bench.ts";

const file = (...rules: readonly string[]): string =>
  `version: 1\nstack: test\nvercel:\n  team: acme\n  rules:\n${rules.map((line) => `    ${line}\n`).join("")}`;
const rewrite = (key: string, source: string, destination: string, more = ""): string =>
  `${key}: { type: rewrite, source: ${source}, destination: ${destination}${more} }`;
const liveRule = (id: string, fields: JsonObject): LiveResource => ({
  kind: "vercel.rule",
  id,
  name: id,
  fields: { enabled: true, ...fields },
});
const liveRewrite = (id: string, source: string, destination: string, more: JsonObject = {}) =>
  liveRule(id, { type: "rewrite", source, destination, ...more });
const liveDeny = (id: string, source: string) => liveRule(id, { type: "deny", source });

const said = async (text: string, ...resources: LiveResource[]) =>
  findings(await loaded(text), live(...resources)).map(({ code, address, message }) => ({
    code,
    address,
    message,
  }));

describe("checks of rules", () => {
  test("say nothing of a file without rules, whatever is live", async () => {
    const circle = [liveRewrite("1", "x/a", "x/b"), liveRewrite("2", "x/b", "x/a")];
    expect(await said("version: 1\nstack: test\nvercel: { team: acme, keys: {} }\n", ...circle)).toEqual([]);
    expect(await said("version: 1\nstack: test\nvercel: { team: acme, rules: {} }\n", ...circle)).toEqual([]);
  });

  test("take a rule whose file leaves out `enabled` for what it is live", async () => {
    const text = file(rewrite("a", "x/a", "x/b"), "b: { type: deny, source: x/b }");
    expect(await said(text)).toMatchObject([{ code: "RULE_DESTINATION_DENIED" }]);
    expect(await said(text, liveRule("1", { type: "deny", source: "x/b", enabled: false }))).toEqual([]);
  });

  test("take what the file says for what a live rule of the same source will be", async () => {
    const text = file(rewrite("a", "x/a", "x/b"), "b: { type: deny, source: x/b }");
    expect(await said(text, liveRewrite("1", "x/a", "x/c"))).toMatchObject([
      { code: "RULE_DESTINATION_DENIED" },
    ]);
  });

  test("doubt no rewrite to a virtual model of which nothing is known", async () => {
    expect(codesOf(findings(await loaded(file(rewrite("a", "x/a", "vmc/fast")))))).toEqual([]);
  });
});

describe("RULE_DESTINATION_DENIED", () => {
  test("names the declared rule nearest to the deny, and it alone", async () => {
    const text = file(rewrite("a", "x/a", "x/b"), rewrite("b", "x/b", "x/c"));
    expect(await said(text, liveDeny("rule_9", "x/c"))).toEqual([
      {
        code: "RULE_DESTINATION_DENIED",
        address: "vercel.rule.b",
        message: "its requests end at x/c, which live rule rule_9 denies: they get status 403",
      },
    ]);
  });

  test("sees through rewrites that are somebody else's", async () => {
    const found = await said(
      file(rewrite("a", "x/a", "x/b")),
      liveRewrite("1", "x/b", "x/c"),
      liveDeny("2", "x/c"),
    );
    expect(found).toMatchObject([{ code: "RULE_DESTINATION_DENIED", address: "vercel.rule.a" }]);
  });
});

describe("RULE_CYCLE", () => {
  test("is told once for each circle, at the first declared rule in it", async () => {
    const text = file(
      rewrite("in", "x/in", "x/a"),
      rewrite("b", "x/b", "x/a"),
      rewrite("a", "x/a", "x/b"),
      rewrite("c", "x/c", "x/d"),
    );
    expect(await said(text, liveRewrite("1", "x/d", "x/c"))).toMatchObject([
      { code: "RULE_CYCLE", address: "vercel.rule.a", message: expect.stringContaining("x/a → x/b → x/a") },
      { code: "RULE_CYCLE", address: "vercel.rule.c", message: expect.stringContaining("x/c → x/d → x/c") },
    ]);
  });

  test("is told at what leads into a circle that is somebody else's", async () => {
    const circle = [liveRewrite("1", "x/b", "x/c"), liveRewrite("2", "x/c", "x/b")];
    expect(await said(file(rewrite("a", "x/a", "x/b")), ...circle)).toMatchObject([
      { code: "RULE_CYCLE", address: "vercel.rule.a" },
    ]);
  });

  test("is no circle any more once the file leads a live rule elsewhere", async () => {
    const circle = [liveRewrite("1", "x/a", "x/b"), liveRewrite("2", "x/b", "x/a")];
    expect(await said(file(rewrite("a", "x/a", "x/c")), ...circle)).toMatchObject([]);
  });
});

describe("RULE_CHAIN", () => {
  test("is told once, at the beginning of a chain that ends at a model", async () => {
    const text = file(rewrite("c", "x/c", "x/d"), rewrite("a", "x/a", "x/b"), rewrite("b", "x/b", "x/c"));
    expect(await said(text)).toEqual([
      {
        code: "RULE_CHAIN",
        address: "vercel.rule.a",
        message: "requests are rewritten 3 times: x/a → x/b → x/c → x/d",
      },
    ]);
  });
});

describe("RULE_CHAIN_TOO_LONG", () => {
  const others = Array.from({ length: 10 }, (_, index) =>
    liveRewrite(`${index}`, `x/${index}`, `x/${index + 1}`),
  );

  test("counts live rules, and tells a declared one where the chain begins with somebody else's", async () => {
    const first = await said(file(rewrite("a", "x/a", "x/0")), ...others);
    expect(first).toMatchObject([{ code: "RULE_CHAIN_TOO_LONG", address: "vercel.rule.a" }]);
    expect(await said(file(rewrite("a", "x/a", "x/1")), ...others)).toMatchObject([{ code: "RULE_CHAIN" }]);
  });
});

describe("RULE_SHADOWED", () => {
  const deny = file("a: { type: deny, source: x/a }");

  test("is said of two live rules that are on, and of nothing less", async () => {
    const two = [liveDeny("1", "x/a"), liveRewrite("2", "x/a", "x/b")];
    expect(await said(deny, ...two)).toMatchObject([
      { code: "RULE_SHADOWED", address: "vercel.rule.a", message: expect.stringContaining("(1, 2)") },
    ]);
    expect(await said(deny, liveDeny("1", "x/a"))).toEqual([]);
    expect(
      await said(deny, liveDeny("1", "x/a"), liveRewrite("2", "x/a", "x/b", { enabled: false })),
    ).toEqual([]);
  });
});

describe("RULE_VIRTUAL_MODEL_GONE", () => {
  const declared = (models: string): string =>
    `${file(rewrite("a", "x/a", "vmc/fast"))}  virtual_models: ${models}\n`;
  const liveModel = (slug: string, fields: JsonObject): LiveResource => ({
    kind: "vercel.virtual_model",
    id: slug,
    name: slug,
    fields: { slug, kind: "alias", model: "x/b", status: "active", ...fields },
  });
  const GONE = [{ code: "RULE_VIRTUAL_MODEL_GONE", address: "vercel.rule.a" }];

  test("is said of a declared one that is not active, by validate already", async () => {
    const body = (status: string): string =>
      declared(`{ fast: { kind: alias, model: x/b, status: ${status} } }`);
    for (const status of ["archived", "draft"])
      expect(findings(await loaded(body(status)))).toMatchObject([
        { ...GONE[0], message: expect.stringContaining(`is ${status === "draft" ? "a " : ""}${status}`) },
      ]);
    expect(findings(await loaded(body("active")))).toEqual([]);
  });

  test("is said of one that is neither declared nor live only where they were read", async () => {
    const none = await loaded(declared("{}"));
    expect(findings(none)).toEqual([]);
    expect(findings(none, { ...live(), readings: [{ kind: "vercel.rule", complete: true }] })).toEqual([]);
    expect(findings(none, live())).toMatchObject(GONE);
    expect(findings(none, live(liveModel("fast", {})))).toEqual([]);
    const archived = live(liveModel("fast", { status: "archived" }));
    expect(findings(none, archived)).toMatchObject(GONE);
    const hints = [live(), archived].flatMap((state) => findings(none, state).map(({ hint }) => hint));
    expect(hints).toEqual([
      expect.stringContaining("declare it under `virtual_models`"),
      expect.stringContaining("`status: active`"),
    ]);
  });

  test("leaves a denied model behind one to the check of denies", async () => {
    const text = `${file(rewrite("a", "x/a", "vmc/fast"), "b: { type: deny, source: x/b }")}  virtual_models: { fast: { kind: alias, model: x/b } }\n`;
    expect(await said(text)).toMatchObject([
      {
        code: "RULE_DESTINATION_DENIED",
        message: expect.stringContaining("end at x/b, which vercel.rule.b"),
      },
    ]);
  });
});
