// `trace`, and what a plan says of requests, as a process against the reference server.

import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { json, type Server, startServer, type Workspace, workspace, writesOf } from "./support.ts";

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

const RULES = {
  opus: "{ type: rewrite, source: anthropic/claude-opus-4.7, destination: anthropic/claude-sonnet-4.6 }",
  sonnet: "{ type: rewrite, source: anthropic/claude-sonnet-4.6, destination: anthropic/claude-haiku-4.5 }",
  haiku: "{ type: rewrite, source: anthropic/claude-haiku-4.5, destination: openai/gpt-5.5 }",
  "no-gpt-5-5": "{ type: deny, source: openai/gpt-5.5, reason: not approved }",
};

const file = (rules: Readonly<Record<string, string>>): string =>
  [
    "version: 1",
    "stack: routes",
    "vercel:",
    "  team: $" + "{env:VERCEL_TEAM}",
    "  rules:",
    ...Object.entries(rules).map(([name, body]) => `    ${name}: ${body}`),
    "",
  ].join("\n");

function stack(rules: Readonly<Record<string, string>> = RULES): Workspace {
  const work = workspace(server);
  onTestFinished(work.remove);
  work.write("gateform.yaml", file(rules));
  return work;
}

const lines = (text: string): readonly string[] => text.trimEnd().split("\n");

describe("trace", () => {
  test("tells from the files alone how three rewrites end in a deny, and asks nobody", async () => {
    const work = stack();
    await server.forgetRequests();
    const { code, stdout } = await work.run(["trace", "anthropic/claude-opus-4.7"]);
    expect(code).toBe(0);
    expect(lines(stdout)).toEqual([
      "anthropic/claude-opus-4.7, vercel, by the files alone",
      "  1. vercel.rule.opus rewrites anthropic/claude-opus-4.7 to anthropic/claude-sonnet-4.6  gateform.yaml:6:5",
      "  2. vercel.rule.sonnet rewrites anthropic/claude-sonnet-4.6 to anthropic/claude-haiku-4.5  gateform.yaml:7:5",
      "  3. vercel.rule.haiku rewrites anthropic/claude-haiku-4.5 to openai/gpt-5.5  gateform.yaml:8:5",
      "  4. vercel.rule.no-gpt-5-5 denies openai/gpt-5.5 (reason: not approved)  gateform.yaml:9:5",
      "Denied with status 403 (reason: not approved)",
    ]);
    expect(await server.requests()).toEqual([]);
  });

  test("tells with --live what is live, by address where the stack owns it, and only reads", async () => {
    const { opus, sonnet } = RULES;
    const work = stack({ opus, sonnet });
    expect((await work.run(["apply", "--auto-approve"])).code).toBe(0);
    const made = await server.vercel("POST", "/ai-gateway/rules", {
      type: "deny",
      match: { model: "anthropic/claude-haiku-4.5" },
    });
    const { ruleId } = (await made.json()) as { readonly ruleId: string };
    work.write("gateform.yaml", file({ sonnet }));
    await server.forgetRequests();
    const result = await work.run(["trace", "anthropic/claude-opus-4.7", "--live", "--output", "json"]);
    expect(result.code, result.stderr).toBe(0);
    expect(json(result)).toMatchObject({
      format: 1,
      answers: [
        {
          source: "live",
          steps: [
            { action: "rewrite", address: "vercel.rule.opus" },
            { action: "rewrite", address: "vercel.rule.sonnet", position: { line: 6 } },
            { action: "deny", by: `live rule ${ruleId}`, id: ruleId },
          ],
          outcome: { verdict: "denied", status: 403 },
        },
      ],
    });
    expect(json(result).answers[0].steps[0].position).toBeUndefined();
    expect(writesOf(await server.requests())).toEqual([]);
  });

  test("tells with --live what is live where there is no file, and without --live asks for one", async () => {
    const work = workspace(server);
    onTestFinished(work.remove);
    const destination = "openai/gpt-5.1";
    await server.vercel("POST", "/ai-gateway/rules", {
      type: "rewrite",
      match: { model: "openai/gpt-5.5" },
      action: { rewriteModel: destination },
    });
    const result = await work.run(["trace", "openai/gpt-5.5", "--live", "--output", "json"]);
    expect(result.code, result.stderr).toBe(0);
    expect(json(result).answers).toMatchObject([{ source: "live", outcome: { served_by: [destination] } }]);
    const unset = await work.run(["trace", "openai/gpt-5.5", "--live", "--output", "json"], {
      VERCEL_TEAM: "",
    });
    expect(json(unset).error).toMatchObject({
      code: "MISSING_CREDENTIAL",
      message: expect.stringContaining("VERCEL_TEAM"),
    });
    expect((await work.run(["trace", "openai/gpt-5.5"])).code).toBe(1);
  });

  test("answers without the ledger's names where that cannot be read, and says so", async () => {
    const work = stack();
    expect((await work.run(["apply", "--auto-approve"])).code).toBe(0);
    work.write(".gateform/routes.ledger.json", "{");
    const result = await work.run(["trace", "openai/gpt-5.5", "--live", "--output", "json"]);
    expect(result.code, result.stderr).toBe(0);
    const { answers, diagnostics } = json(result);
    expect(answers[0].steps).toMatchObject([{ by: expect.stringMatching(/^live rule /) }]);
    expect(diagnostics).toMatchObject([{ severity: "warning", code: "LEDGER_UNREADABLE" }]);
  });

  test("goes through a virtual model, and a plan that takes it away says what its requests get then", async () => {
    const work = stack();
    const rules = file({ gpt: "{ type: rewrite, source: openai/gpt-5.5, destination: vmc/fast }" });
    work.write(
      "gateform.yaml",
      `${rules}  virtual_models: { fast: { kind: alias, model: openai/gpt-5.1 } }\n`,
    );
    const way = [
      "  1. vercel.rule.gpt rewrites openai/gpt-5.5 to vmc/fast  gateform.yaml:6:5",
      "  2. vmc/fast stands for openai/gpt-5.1 (vercel.virtual_model.fast)  gateform.yaml:7:21",
      "Served by openai/gpt-5.1",
    ];
    expect(lines((await work.run(["trace", "openai/gpt-5.5"])).stdout).slice(1)).toEqual(way);
    expect((await work.run(["apply", "--auto-approve"])).code).toBe(0);
    expect(lines((await work.run(["trace", "openai/gpt-5.5", "--live"])).stdout).slice(1)).toEqual(way);
    work.write("gateform.yaml", `${rules}  virtual_models: {}\n`);
    const plan = await work.run(["plan", "--allow-deletes", "1", "--output", "json"]);
    expect(plan.code, plan.stderr).toBe(0);
    expect(json(plan)).toMatchObject({
      behaviour: {
        changes: [
          { subject: "openai/gpt-5.5", after: { verdict: "failed", status: 400 } },
          { subject: "vmc/fast", after: { verdict: "failed", status: 404 } },
        ],
      },
      diagnostics: [{ code: "RULE_VIRTUAL_MODEL_GONE" }],
    });
  });

  test("gives no answer to what is no model, and none where the live rules cannot be read", async () => {
    const work = stack();
    const wrong = await work.run(["trace", "opus", "--output", "json"]);
    expect(wrong.code).toBe(1);
    expect(json(wrong).error).toMatchObject({
      code: "USAGE",
      message: expect.stringContaining("creator/model"),
    });
    await server.addFaults({
      method: "GET",
      path: "/ai-gateway/rules",
      effect: { kind: "status", status: 403, when: "before" },
      times: 9,
    });
    const unread = await work.run(["trace", "openai/gpt-5.1", "--live", "--output", "json"]);
    expect(unread.code).toBe(1);
    expect(json(unread).error).toMatchObject({ code: "READ_INCOMPLETE" });
  });

  test("says that the files decide nothing where they have no rules", async () => {
    const work = workspace(server);
    onTestFinished(work.remove);
    work.write("gateform.yaml", "version: 1\nstack: s\nvercel: { team: acme, keys: {} }\n");
    const keys = await work.run(["trace", "openai/gpt-5.1"]);
    expect(keys.code).toBe(0);
    expect(keys.stderr).toContain("NOTHING_TO_TRACE");
    work.write("gateform.yaml", "version: 1\nstack: s\n");
    expect((await work.run(["trace", "openai/gpt-5.1"])).code).toBe(1);
  });
});

test("a plan that changes one rule in a chain shows every model that resolves differently, and keeps it when saved", async () => {
  const { opus, sonnet } = RULES;
  const work = stack({ opus, sonnet });
  expect((await work.run(["apply", "--auto-approve"])).code).toBe(0);
  await server.vercel("POST", "/ai-gateway/rules", {
    type: "rewrite",
    match: { model: "anthropic/claude-haiku-4.5" },
    action: { rewriteModel: "openai/gpt-5.1" },
  });
  work.write(
    "gateform.yaml",
    file({ opus, sonnet: sonnet.replace("anthropic/claude-haiku-4.5", "openai/gpt-5.5") }),
  );
  const { code, stdout, stderr } = await work.run(["plan", "--output", "markdown", "--out", "plan.json"]);
  expect(code, stderr).toBe(0);
  const shown = lines(stdout).filter((line) => line.includes("<br>before:"));
  expect(shown.map((line) => line.replaceAll("`", "").replace(/rule_\w+/g, "rule_id"))).toEqual([
    "- anthropic/claude-opus-4.7<br>before: vercel.rule.opus → vercel.rule.sonnet → live rule rule_id → served by openai/gpt-5.1<br>after: vercel.rule.opus → vercel.rule.sonnet → served by openai/gpt-5.5",
    "- anthropic/claude-sonnet-4.6<br>before: vercel.rule.sonnet → live rule rule_id → served by openai/gpt-5.1<br>after: vercel.rule.sonnet → served by openai/gpt-5.5",
  ]);
  const saved = await work.run(["show", "plan.json", "--output", "json"]);
  expect(json(saved).plan.behaviour).toMatchObject({ format: 1, changes: [{}, {}] });
  expect((await work.run(["apply", "plan.json", "--auto-approve"])).code).toBe(0);
});
