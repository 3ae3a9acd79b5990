// The main job on examples/quickstart: validate, plan, apply, plan again, nothing; drift found and repaired.

import { statSync } from "node:fs";
import { Ajv } from "ajv";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { canary } from "../canary/values.ts";
import { json, type Server, startServer, type Workspace, workspace, writesOf } from "./support.ts";

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

function quickstart(): Workspace {
  const work = workspace(server, "examples/quickstart");
  onTestFinished(work.remove);
  return work;
}

async function applied(): Promise<Workspace> {
  const work = quickstart();
  const { code, stderr } = await work.run(["apply", "--auto-approve"]);
  expect(stderr).not.toContain("error");
  expect(code).toBe(0);
  return work;
}

test("validate, plan and apply succeed, and a second plan has no changes", async () => {
  const work = quickstart();
  expect(await work.run(["validate"])).toMatchObject({
    code: 0,
    stdout: "Valid: stack quickstart declares 5 resources in gateform.yaml.\n",
    stderr: "",
  });
  const first = await work.run(["plan", "--detailed-exitcode"]);
  expect(first).toMatchObject({ code: 2, stderr: "" });
  expect(first.stdout).toContain("Plan: 6 to create, 0 to update, 0 to replace, 0 to delete.\n");
  const done = await work.run(["apply", "--auto-approve"]);
  expect(done.code).toBe(0);
  expect(done.stdout).toContain("Apply: 6 done.\nConverged");
  const second = await work.run(["plan", "--detailed-exitcode"]);
  expect(second).toMatchObject({ code: 0, stderr: "" });
  expect(second.stdout).toContain("No changes. 5 resources match.\n");
});

test("plan sends nothing but GET, with and without a ledger", async () => {
  const work = quickstart();
  await work.run(["plan"]);
  expect(writesOf(await server.requests())).toEqual([]);
  await work.run(["apply", "--auto-approve"]);
  await server.forgetRequests();
  await work.run(["plan"]);
  await work.run(["drift"]);
  const log = await server.requests();
  expect(log.length).toBeGreaterThan(5);
  expect(new Set(log.map(({ method }) => method))).toEqual(new Set(["GET"]));
});

test("plan writes no file, the ledger included", async () => {
  const work = quickstart();
  await work.run(["plan"]);
  expect(() => work.read(".gateform/quickstart.ledger.json")).toThrow("ENOENT");
  await work.run(["apply", "--auto-approve"]);
  const before = work.read(".gateform/quickstart.ledger.json");
  await work.run(["plan"]);
  expect(work.read(".gateform/quickstart.ledger.json")).toBe(before);
});

test("a second apply writes nothing, neither at the vendors nor to the ledger", async () => {
  const work = await applied();
  const ledger = work.read(".gateform/quickstart.ledger.json");
  await server.forgetRequests();
  const again = await work.run(["apply", "--auto-approve", "--detailed-exitcode"]);
  expect(again.code).toBe(0);
  expect(writesOf(await server.requests())).toEqual([]);
  expect(work.read(".gateform/quickstart.ledger.json")).toBe(ledger);
});

test("the delivered key is the live one, in a file that only its owner reads", async () => {
  const work = await applied();
  const { vercel } = await server.state();
  expect(vercel.keys).toHaveLength(1);
  expect(statSync(work.path("out/ci.env")).mode & 0o777).toBe(0o600);
  expect(work.read("out/ci.env")).toBe(`AI_GATEWAY_API_KEY=${vercel.keys[0].secret}\n`);
});

describe("one plan in several formats", () => {
  test("goes to one file each, text to stdout", async () => {
    const work = quickstart();
    const args = [
      "plan",
      "--output",
      "json=plan.json",
      "--output",
      "markdown=comment.md",
      "-o",
      "text=plan.txt",
    ];
    const { code, stdout } = await work.run(args);
    expect(code).toBe(0);
    expect(stdout).toBe(work.read("plan.txt"));
    expect(work.read("comment.md")).toMatch(/^<!-- gateform:plan stack=quickstart -->\n/);
    expect(JSON.parse(work.read("plan.json")).summary.create).toBe(6);
  });

  test("is valid by the schema that the package holds", async () => {
    const work = quickstart();
    const schema = JSON.parse((await work.run(["schema", "plan"])).stdout);
    const ledgerSchema = JSON.parse((await work.run(["schema", "ledger"])).stdout);
    const plan = json(await work.run(["plan", "--output", "json"]));
    const ajv = new Ajv({ strict: false, allErrors: true });
    expect(ajv.validate(schema, plan), ajv.errorsText()).toBe(true);
    await work.run(["apply", "--auto-approve"]);
    const ledger = JSON.parse(work.read(".gateform/quickstart.ledger.json"));
    expect(ajv.validate(ledgerSchema, ledger), ajv.errorsText()).toBe(true);
    expect(ajv.validate(schema, { ...plan, summary: undefined })).toBe(false);
  });
});

test("drift is found with exit 2 in every format, repaired by apply, and gone", async () => {
  const work = await applied();
  expect((await work.run(["drift"])).code).toBe(0);
  const path = "/ai-gateway/gateways/support";
  const { result } = (await (await server.cloudflare("GET", path)).json()) as { readonly result: object };
  expect((await server.cloudflare("PUT", path, { ...result, authentication: false })).status).toBe(200);

  const text = await work.run(["drift"]);
  expect(text.code).toBe(2);
  expect(text.stdout).toContain("authentication: live false, declared true");
  const asJson = await work.run(["drift", "--output", "json"]);
  expect(asJson.code).toBe(2);
  expect(json(asJson).drift).toMatchObject([{ address: "cloudflare.gateway.support", what: "changed" }]);
  expect((await work.run(["drift", "--output", "markdown"])).code).toBe(2);

  expect((await work.run(["apply", "--auto-approve"])).code).toBe(0);
  expect((await work.run(["drift"])).code).toBe(0);
  expect((await work.run(["plan", "--detailed-exitcode"])).code).toBe(0);
});

test("a change in the file alone is no drift, and unmanaged counts only when asked", async () => {
  const work = await applied();
  work.write("gateform.yaml", work.read("gateform.yaml").replace("limit: 500", "limit: 400"));
  const calm = await work.run(["drift"]);
  expect(calm.code).toBe(0);
  expect(calm.stdout).toContain("vercel.key.ci");
  await server.vercel("POST", "/v1/api-keys", { purpose: "ai-gateway", name: "made-by-hand" });
  expect((await work.run(["drift"])).code).toBe(0);
  expect((await work.run(["drift", "--fail-on-unmanaged"])).code).toBe(2);
});

test("a changed provider key is one update in place, and its old value is nowhere to be seen", async () => {
  const work = await applied();
  const { cloudflare: before } = await server.state();
  const next = { OPENAI_API_KEY: canary("rotated provider key", "sk-") };
  const plan = await work.run(["plan", "--detailed-exitcode"], next);
  expect(plan.code).toBe(2);
  expect(plan.stdout).toContain("~ cloudflare.provider_config.support/openai  update");
  expect((await work.run(["apply", "--auto-approve"], next)).code).toBe(0);
  const { cloudflare: after } = await server.state();
  expect(after.provider_configs.map(({ id }: { id: string }) => id)).toEqual(
    before.provider_configs.map(({ id }: { id: string }) => id),
  );
  expect((await work.run(["plan", "--detailed-exitcode"], next)).code).toBe(0);
});
