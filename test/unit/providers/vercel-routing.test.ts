// What routing rules do to a request: chains, denies, circles, virtual models, rules that disagree.

import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../../src/base/json.ts";
import type { BehaviourGraph, GraphResource } from "../../../src/provider/behaviour.ts";
import { vercelBehaviour } from "../../../src/providers/vercel/behaviour.ts";

const rule = (title: string, fields: Readonly<Record<string, JsonValue>>): GraphResource => ({
  kind: "vercel.rule",
  title,
  fields,
});
const rewrite = (source: string, destination: string, title = `${source} to ${destination}`, more = {}) =>
  rule(title, { type: "rewrite", source, destination, ...more });
const deny = (source: string, title = `no ${source}`, more = {}) =>
  rule(title, { type: "deny", source, ...more });
const virtual = (slug: string, fields: Readonly<Record<string, JsonValue>>): GraphResource => ({
  kind: "vercel.virtual_model",
  title: `vercel.virtual_model.${slug}`,
  fields: { slug, ...fields },
});

const RULES = ["vercel.rule"];
const graph = (resources: readonly GraphResource[], known = [...RULES, "vercel.virtual_model"]) =>
  ({ resources, known: new Set(known) }) satisfies BehaviourGraph;
const trace = (subject: string, resources: readonly GraphResource[], known?: string[]) =>
  vercelBehaviour.of(graph(resources, known)).trace(subject);
const outcome = (subject: string, resources: readonly GraphResource[], known?: string[]) =>
  trace(subject, resources, known).outcome;

/** `x/0` is rewritten this many times and ends at `x/<count>`. */
const chain = (count: number): GraphResource[] =>
  Array.from({ length: count }, (_, index) => rewrite(`x/${index}`, `x/${index + 1}`));

describe("a request", () => {
  test("for a model that no rule names is served by that model", () => {
    expect(trace("x/a", [rewrite("x/b", "x/c")])).toEqual({
      subject: "x/a",
      steps: [],
      outcome: { verdict: "served", served_by: ["x/a"], through: [] },
    });
  });

  test("is rewritten as often as rules lead on, in their order", () => {
    const found = trace("x/0", chain(3));
    expect(found.steps.map(({ from, to }) => [from, ...to])).toEqual([
      ["x/0", "x/1"],
      ["x/1", "x/2"],
      ["x/2", "x/3"],
    ]);
    expect(found.outcome).toMatchObject({ verdict: "served", served_by: ["x/3"] });
  });

  test("that is rewritten to a denied model is denied, with the reason of the deny", () => {
    const found = outcome("x/0", [...chain(3), deny("x/3", "no-3", { reason: "cost" })]);
    expect(found).toMatchObject({ verdict: "denied", status: 403, reason: "cost", served_by: [] });
    expect(found.through.at(-1)).toBe("no-3");
  });

  test("passes by rules that are disabled", () => {
    const off = { enabled: false };
    expect(outcome("x/a", [deny("x/a", "off", off)])).toMatchObject({ served_by: ["x/a"] });
    expect(outcome("x/a", [rewrite("x/a", "x/b", "off", off)])).toMatchObject({ served_by: ["x/a"] });
  });

  test("is rewritten ten times and not eleven", () => {
    expect(outcome("x/0", chain(10))).toMatchObject({ verdict: "served", served_by: ["x/10"] });
    expect(outcome("x/0", chain(11))).toMatchObject({
      verdict: "failed",
      status: 400,
      code: "too-many-rewrites",
    });
    expect(outcome("x/1", chain(11))).toMatchObject({ verdict: "served", served_by: ["x/11"] });
    expect(outcome("x/0", [...chain(10), deny("x/10")])).toMatchObject({ verdict: "denied" });
  });

  test("that comes into a circle fails, and the message tells the circle from where it comes in", () => {
    const rules = [rewrite("x/in", "x/b"), rewrite("x/a", "x/b"), rewrite("x/b", "x/a")];
    expect(outcome("x/in", rules)).toMatchObject({
      verdict: "failed",
      status: 400,
      code: "rewrite-cycle",
      message: "the rewrites lead in a circle: x/b → x/a → x/b",
    });
    expect(outcome("x/a", rules).message).toContain("x/a → x/b → x/a");
  });

  test("for a circle of more models than may be rewritten is called a circle, and cut in the message", () => {
    const large = [...chain(14), rewrite("x/14", "x/0")];
    const found = trace("x/0", large);
    expect(found.outcome).toMatchObject({
      code: "rewrite-cycle",
      message: expect.stringContaining("… → x/0"),
    });
    expect(found.steps).toHaveLength(11);
  });
});

describe("rules for one source", () => {
  test("that do the same are one, told by the first name", () => {
    const rules = [deny("x/a", "b"), deny("x/a", "a")];
    expect(outcome("x/a", rules)).toMatchObject({ verdict: "denied", through: ["a"] });
  });

  test("that do not make the outcome unknown, for whatever comes there", () => {
    const rules = [rewrite("x/0", "x/a"), deny("x/a", "no"), rewrite("x/a", "x/b", "yes")];
    expect(outcome("x/0", rules)).toMatchObject({
      verdict: "unknown",
      code: "rules-disagree",
      message: expect.stringContaining("no and yes are both for x/a"),
    });
  });
});

describe("a virtual model", () => {
  const fast = virtual("fast", { kind: "alias", model: "x/a" });

  test("is resolved after the rewrites, and its model is not rewritten again", () => {
    const found = trace("x/0", [rewrite("x/0", "vmc/fast"), fast, rewrite("x/a", "x/b")]);
    expect(found.steps.map(({ action }) => action)).toEqual(["rewrite", "resolve"]);
    expect(found.outcome).toMatchObject({ verdict: "served", served_by: ["x/a"] });
  });

  test("is rewritten itself before it is resolved", () => {
    expect(outcome("vmc/fast", [fast, rewrite("vmc/fast", "x/c")])).toMatchObject({ served_by: ["x/c"] });
  });

  test("is denied where its model is", () => {
    expect(outcome("vmc/fast", [fast, deny("x/a", "no-a", { reason: "policy" })])).toMatchObject({
      verdict: "denied",
      status: 403,
      reason: "policy",
      through: ["vercel.virtual_model.fast", "no-a"],
    });
  });

  test("goes on with the fallbacks that are not denied, and is denied when all are", () => {
    const several = virtual("fast", { model: "x/a", models: ["x/b", "x/c"] });
    expect(outcome("vmc/fast", [several, deny("x/b")])).toMatchObject({ served_by: ["x/a", "x/c"] });
    expect(outcome("vmc/fast", [several, deny("x/a"), deny("x/b"), deny("x/c")])).toMatchObject({
      verdict: "denied",
    });
  });

  test("that is missing or archived fails, with 400 behind a rewrite and 404 when it is asked for itself", () => {
    const archived = virtual("fast", { model: "x/a", status: "archived" });
    for (const rest of [[], [archived]]) {
      const code = rest.length === 0 ? "virtual-model-missing" : "virtual-model-archived";
      expect(outcome("vmc/fast", rest)).toMatchObject({ verdict: "failed", status: 404, code });
      const rules = [...rest, rewrite("x/0", "vmc/fast")];
      expect(outcome("x/0", rules)).toMatchObject({ verdict: "failed", status: 400, code });
    }
  });

  test("that is a draft fails behind a rewrite, and is not known to answer when it is asked for itself", () => {
    const draft = virtual("fast", { model: "x/a", status: "draft" });
    const code = "virtual-model-draft";
    expect(outcome("x/0", [draft, rewrite("x/0", "vmc/fast")])).toMatchObject({ status: 400, code });
    expect(outcome("vmc/fast", [draft])).toMatchObject({ verdict: "unknown", code });
  });

  test("that is a relay serves at its address, and denied models of it are as of any other", () => {
    const relay = "https://relay.acme.com/v1";
    const relayed = virtual("fast", { kind: "relay", model: "x/a", base_url: relay });
    const found = trace("vmc/fast", [relayed]);
    expect(found.steps).toMatchObject([{ action: "resolve", to: ["x/a"], relay }]);
    expect(found.outcome).toMatchObject({ verdict: "served", served_by: ["x/a"], relay });
    expect(outcome("vmc/fast", [relayed, deny("x/a")])).toMatchObject({ verdict: "denied" });
    expect(outcome("vmc/fast", [fast]).relay).toBeUndefined();
    const login = virtual("fast", {
      ...relayed.fields,
      base_url: "https://user:pass@relay.acme.com/v1?a=b@c",
    });
    expect(outcome("vmc/fast", [login]).relay).toBe("https://relay.acme.com/v1?a=b@c");
  });

  test("that is a custom router serves by one of its models, in no order", () => {
    const router = virtual("fast", { kind: "router", model: null, models: ["x/a", "x/b"] });
    expect(outcome("vmc/fast", [router])).toMatchObject({ served_by: ["x/a", "x/b"], unordered: true });
    expect(outcome("vmc/fast", [router, deny("x/b")]).unordered).toBeUndefined();
    expect(
      outcome("vmc/fast", [virtual("fast", { model: "x/a", models: ["x/b"] })]).unordered,
    ).toBeUndefined();
  });

  test("that stands for another virtual model makes the outcome unknown, unless that is denied", () => {
    const outer = virtual("outer", { kind: "alias", model: "vmc/fast" });
    expect(outcome("vmc/outer", [outer, fast])).toMatchObject({
      verdict: "unknown",
      code: "virtual-model-nested",
    });
    expect(outcome("vmc/outer", [outer, fast, deny("vmc/fast")])).toMatchObject({ verdict: "denied" });
  });

  test("of which nothing was read makes the outcome unknown, and the message says whether anything was", () => {
    const rules = [rewrite("x/0", "vmc/fast")];
    expect(outcome("x/0", rules, RULES)).toMatchObject({
      verdict: "unknown",
      code: "virtual-model-unknown",
      message: expect.stringContaining("were not read"),
    });
    expect(outcome("x/0", rules, [])).toMatchObject({
      verdict: "unknown",
      code: "virtual-model-unknown",
      message: expect.stringContaining("do not declare"),
    });
    expect(outcome("x/0", [...rules, fast], RULES)).toMatchObject({ verdict: "served", served_by: ["x/a"] });
  });
});

test("the models that rules name are their sources and destinations, once each and sorted", () => {
  const rules = [rewrite("x/b", "x/a"), rewrite("x/c", "x/a"), deny("x/d", "off", { enabled: false })];
  expect(vercelBehaviour.of(graph(rules)).subjects).toEqual(["x/a", "x/b", "x/c"]);
});

test("a virtual model is among them where a rule denies one of its models", () => {
  const fast = virtual("fast", { model: "x/a", models: ["x/b"] });
  const subjects = (...rules: GraphResource[]) => vercelBehaviour.of(graph([fast, ...rules])).subjects;
  expect(subjects(deny("x/b"))).toEqual(["vmc/fast", "x/b"]);
  expect(subjects(rewrite("x/b", "x/c"))).toEqual(["x/b", "x/c"]);
});

test.each(["", "gpt", "openai/", "/gpt", "open ai/gpt", "openai/gpt 5"])("%j is no model", (text) => {
  expect(vercelBehaviour.problem(text)).toContain("creator/model");
});
