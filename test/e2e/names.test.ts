// Names, accounts and parts of a stack, as somebody meets them on the command line.

import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { json, type Server, startServer, type Workspace, workspace, writesOf } from "./support.ts";

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

const RULE = "{ type: deny, source: openai/gpt-5.5 }";

function stack(body: string): Workspace {
  const work = workspace(server);
  onTestFinished(work.remove);
  write(work, body);
  return work;
}

function write(work: Workspace, body: string): void {
  const account = "cloudflare:\n  account_id: ${env:CLOUDFLARE_ACCOUNT_ID}\n";
  work.write("gateform.yaml", `version: 1\nstack: names\n${body.replace("cloudflare:\n", account)}`);
}

const rules = (name: string): string =>
  `vercel:\n  team: \${env:VERCEL_TEAM}\n  rules:\n    ${name}: ${RULE}\n`;
const gateways = (...names: readonly string[]): string =>
  `cloudflare:\n  gateways:\n${names.map((name) => `    ${name}: { cache_ttl: 60 }\n`).join("")}`;

async function applied(body: string): Promise<Workspace> {
  const work = stack(body);
  const result = await work.run(["apply", "--auto-approve"]);
  expect(result.code, result.stderr).toBe(0);
  await server.forgetRequests();
  return work;
}

const codes = (list: readonly { readonly code: string }[]): readonly string[] => list.map(({ code }) => code);

test("another account in the environment stops every run before a resource is read", async () => {
  const work = await applied(gateways("support"));
  const other = { CLOUDFLARE_ACCOUNT_ID: "00000000000000000000000000000bad" };
  for (const args of [["plan"], ["apply", "--auto-approve"], ["drift"], ["adopt", "--all"]]) {
    const result = await work.run([...args, "--output", "json"], other);
    expect(result.code).toBe(1);
    expect(json(result)).toMatchObject({
      error: {
        code: "WRONG_ACCOUNT",
        message: expect.stringContaining(server.connection.cloudflare.account_id),
      },
    });
  }
  expect(await server.requests()).toEqual([]);
});

test("a gateway cannot be moved: the line is refused with its place, and without it the plan says what a new key is", async () => {
  const work = await applied(gateways("support"));
  write(
    work,
    `moved: [{ from: cloudflare.gateway.support, to: cloudflare.gateway.help }]\n${gateways("help")}`,
  );
  const refused = await work.run(["plan", "--output", "json"]);
  expect(refused.code).toBe(1);
  expect(json(refused)).toMatchObject({
    error: { code: "MOVED_KEY_IS_ID" },
    diagnostics: [{ code: "MOVED_KEY_IS_ID", position: { file: "gateform.yaml", line: 3 } }],
  });
  write(work, gateways("help"));
  const plan = json(await work.run(["plan", "--output", "json"]));
  expect(plan.summary).toMatchObject({ create: 1, delete: 1 });
  expect(codes(plan.diagnostics)).toEqual(expect.arrayContaining(["NOT_A_RENAME", "DELETES_BRAKED"]));
  expect((await work.run(["apply", "--auto-approve"])).code).toBe(1);
  expect(writesOf(await server.requests())).toEqual([]);
});

test("a rule renamed without moved is a delete and a create with the line to add; with it nothing is written", async () => {
  const work = await applied(rules("a"));
  write(work, rules("b"));
  const plan = json(await work.run(["plan", "--output", "json"]));
  expect(plan.summary).toMatchObject({ create: 1, delete: 1 });
  expect(plan.diagnostics).toContainEqual(
    expect.objectContaining({
      code: "MAYBE_MOVED",
      hint: expect.stringContaining("moved: [{ from: vercel.rule.a, to: vercel.rule.b }]"),
    }),
  );
  write(work, `moved: [{ from: vercel.rule.a, to: vercel.rule.b }]\n${rules("b")}`);
  const moved = await work.run(["apply", "--auto-approve", "--output", "json"]);
  expect(moved.code, moved.stderr).toBe(0);
  expect(json(moved).plan.steps).toMatchObject([
    { action: "record", reason: "moved", from: "vercel.rule.a" },
  ]);
  expect(writesOf(await server.requests())).toEqual([]);
  expect((await work.run(["plan", "--detailed-exitcode"])).code).toBe(0);
});

test("--target does its part, says that it is partial, and leaves the rest to the next run", async () => {
  const work = stack(gateways("one", "two"));
  const plan = await work.run(["plan", "--target", "cloudflare.gateway.one"]);
  expect(plan.stdout).toContain("Partial: only cloudflare.gateway.one");
  const apply = await work.run(["apply", "--auto-approve", "--target", "cloudflare.gateway.o*"]);
  expect(apply.code, apply.stderr).toBe(0);
  expect((await server.state()).cloudflare.gateways).toMatchObject([{ id: "one" }]);
  const rest = json(await work.run(["plan", "--output", "json"]));
  expect(rest.steps).toMatchObject([{ id: "create cloudflare.gateway.two" }]);
  const typo = await work.run(["plan", "--target", "cloudflare.gateway.onee", "--output", "json"]);
  expect(typo.code).toBe(1);
  expect(json(typo).diagnostics).toMatchObject([
    { code: "TARGET_UNMATCHED", hint: "did you mean cloudflare.gateway.one?" },
  ]);
});

test("destroy takes the named address and what lives in it, as far as the brake lets it", async () => {
  const configs = "\n      provider_configs: { openai: { secret: { env: OPENAI_API_KEY } } }";
  const work = await applied(`${gateways("keep")}    gone:\n      authentication: true${configs}\n`);
  const destroy = ["destroy", "cloudflare.gateway.gone", "--auto-approve"];
  const braked = await work.run([...destroy, "--allow-deletes", "1"]);
  expect(braked.code).toBe(1);
  expect(braked.stderr).toContain("DELETES_BRAKED");
  const done = await work.run([...destroy, "--allow-deletes", "2"]);
  expect(done.code, done.stderr).toBe(0);
  expect(`${done.stdout}${done.stderr}`).toContain("STILL_DECLARED");
  const { cloudflare } = await server.state();
  expect(cloudflare.gateways).toMatchObject([{ id: "keep" }]);
  expect(cloudflare.provider_configs).toEqual([]);
});
