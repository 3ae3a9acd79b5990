// Export as a person meets it: the first day on an account that others made by hand, files that are there already,
// vendors that answer with half, and what is never printed.

import { mkdirSync, symlinkSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { leaksOf } from "../canary/search.ts";
import { HAND_MADE_SECRETS, makeByHand } from "./first-day.ts";
import {
  json,
  type Result,
  type Server,
  startServer,
  type Workspace,
  workspace,
  writesOf,
} from "./support.ts";

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

function empty(): Workspace {
  const work = workspace(server);
  onTestFinished(work.remove);
  return work;
}

const RULE = { type: "deny", match: { model: "openai/gpt-5.5" } };
const addRule = () => server.vercel("POST", "/ai-gateway/rules", RULE);
const addKey = (name: string) => server.vercel("POST", "/v1/api-keys", { purpose: "ai-gateway", name });

test("an account made by hand is exported, valid, adopted and planned to nothing; two keys of one name are settled by id", async () => {
  await makeByHand(server);
  const work = empty();
  const times: string[] = [];
  const outputs: Result[] = [];
  const run = async (...args: readonly string[]): Promise<Result> => {
    const start = performance.now();
    const result = await work.run(args);
    times.push(`${Math.round(performance.now() - start)} ms  gateform ${args.slice(0, 2).join(" ")}`);
    outputs.push(result);
    return result;
  };

  const exported = await run("export", "--stack", "acme-prod", "--out", "gateform.yaml");
  expect(exported).toMatchObject({ code: 0, stdout: "" });
  expect(exported.stderr).toContain("Exported 15 gateways, 40 provider configs, 60 API keys and 80 rules.");
  expect((await run("validate")).stdout).toContain("stack acme-prod declares 195 resources");

  const adopted = await run("adopt", "--all", "--output", "json");
  expect(adopted.code).toBe(1);
  expect(json(adopted).adopted).toHaveLength(193);
  const ids = ["key_000000000000000000000000", "key_000000000000000000000059"];
  const refused = json(adopted).refused as readonly { address: string; code: string; message: string }[];
  expect(refused.map(({ address, code }) => [address, code])).toEqual(
    ids.map((id) => [`vercel.key.service-0-${id}`, "AMBIGUOUS"]),
  );
  for (const id of ids) expect(refused[0]?.message).toContain(id);
  // The file says for each of the two which one it is, as a line to run.
  const lines = work.read("gateform.yaml").match(/gateform adopt \S+=\S+/g) ?? [];
  expect(lines).toEqual(ids.map((id) => `gateform adopt vercel.key.service-0-${id}=${id}`));
  const settled = await run("adopt", ...lines.map((line) => line.replace("gateform adopt ", "")));
  expect(settled.code).toBe(0);

  const planned = await run("plan", "--detailed-exitcode", "--output", "json");
  expect(planned.code).toBe(0);
  const { steps, refused: none, unmanaged } = json(planned);
  expect(none).toEqual([]);
  expect(unmanaged).toEqual([]);
  // Nobody can tell whether the variables hold what is stored: 40 provider keys, and one gateway's credentials.
  expect(new Set(steps.map(({ action }: { action: string }) => action))).toEqual(new Set(["check-secret"]));
  expect(steps).toHaveLength(41);
  expect(writesOf(await server.requests())).toEqual([]);

  const texts = [...outputs.flatMap(({ stdout, stderr }) => [stdout, stderr]), work.read("gateform.yaml")];
  const secrets = [...Object.values(HAND_MADE_SECRETS), server.connection.vercel.token];
  expect(texts.flatMap((text) => leaksOf(text, secrets))).toEqual([]);
  process.stdout.write(`${times.join("\n")}\n`);
});

test("with > gateform.yaml, the empty file that the shell makes first is no configuration", async () => {
  await addRule();
  const work = empty();
  work.write("gateform.yaml", "");
  const result = await work.run(["export", "vercel.rules"]);
  expect(result.code).toBe(0);
  expect(result.stdout).toContain("deny-openai-gpt-5.5:");
});

test("without a file, a provider without credential is left out with a note, and half a connection is an error", async () => {
  await addRule();
  const { CLOUDFLARE_API_TOKEN: _, OPENAI_API_KEY: __, ...env } = server.env;
  const work = workspace({ env });
  onTestFinished(work.remove);
  const without = await work.run(["export"]);
  expect(without.code).toBe(0);
  expect(without.stdout).not.toContain("cloudflare");
  expect(without.stderr).toContain("CLOUDFLARE_API_TOKEN is not set");
  const asked = await work.run(["export", "cloudflare", "--output", "json"]);
  expect([asked.code, json(asked).error.code]).toEqual([1, "MISSING_CREDENTIAL"]);
  const half = await work.run(["export", "--output", "json"], { VERCEL_TEAM: "" });
  expect([half.code, json(half).error.code]).toEqual([1, "MISSING_CREDENTIAL"]);
  const nothing = await work.run(["export", "--output", "json"], { VERCEL_TOKEN: "" });
  expect([nothing.code, json(nothing).error.code]).toEqual([1, "MISSING_CREDENTIAL"]);
});

test("a list that is cut exports nothing and writes nothing", async () => {
  await Promise.all(["a", "b", "c"].map(addKey));
  await server.addFaults({ method: "GET", path: "/api-keys$", effect: { kind: "cut_list", keep: 1 } });
  const work = empty();
  const result = await work.run(["export", "--out", "gateform.yaml", "--output", "json"]);
  expect([result.code, json(result).error.code]).toEqual([1, "READ_INCOMPLETE"]);
  expect(work.files()).toEqual([]);
});

test("a file that is there is kept unless --force says otherwise", async () => {
  const work = empty();
  work.write(
    "gateform.yaml",
    `version: 1\nstack: mine\nvercel: { team: ${server.connection.vercel.team} }\n`,
  );
  const before = work.read("gateform.yaml");
  const kept = await work.run(["export", "--out", "gateform.yaml", "--output", "json"]);
  expect([kept.code, json(kept).error.code]).toEqual([1, "FILE_EXISTS"]);
  expect(work.read("gateform.yaml")).toBe(before);
  // A link is there, too, whatever it leads to.
  symlinkSync("nowhere.yaml", work.path("link.yaml"));
  const link = await work.run(["export", "--out", "link.yaml", "--output", "json"]);
  expect([link.code, json(link).error.code]).toEqual([1, "FILE_EXISTS"]);
  expect((await work.run(["export", "--out", "gateform.yaml", "--force"])).code).toBe(0);
  expect(work.read("gateform.yaml")).toContain("stack: mine");
  expect(work.read("gateform.yaml")).toContain("rules: {}");
});

test("split into a directory, the files together are the configuration", async () => {
  await makeByHand(server);
  const work = empty();
  const split = await work.run(["export", "--split", "--out", "conf"]);
  expect(split.code).toBe(0);
  expect((await work.run(["validate", "-f", "conf"])).stdout).toContain("declares 195 resources");
  expect(work.read("conf/vercel.rules.yaml")).toMatch(
    /^# yaml-language-server: \$schema=\.\.\/node_modules\/gateform\/schemas\/gateform\.layer\.schema\.json\n/,
  );
  work.write("conf/old.yaml", "removed: []\n");
  const again = await work.run(["export", "--split", "--out", "conf", "--force"]);
  expect(again.stderr).toContain("OTHER_FILES");
  mkdirSync(work.path("dir"));
  const wrong = await work.run(["export", "--out", "dir", "--output", "json"]);
  expect([wrong.code, json(wrong).error.code]).toEqual([1, "OUTPUT_FILE"]);
});

test("over a configuration, its addresses, secret sources, stack and ledger are kept", async () => {
  const work = workspace(server, "examples/quickstart");
  onTestFinished(work.remove);
  const key = "Tz6Wn1Gc5Hs0Ry8Kd3Vb7Mq2";
  expect((await work.run(["apply", "--auto-approve"], { OPENAI_API_KEY: key })).code).toBe(0);
  await server.vercel("POST", "/ai-gateway/rules", { type: "deny", match: { model: "openai/gpt-4" } });
  const result = await work.run(["export", "--out", "conf/exported.yaml"]);
  expect(result.code).toBe(0);
  const text = work.read("conf/exported.yaml");
  expect(text).toContain("secret: { env: OPENAI_API_KEY }\n");
  expect(text).toContain("stack: quickstart\n");
  expect(leaksOf(text, [key])).toEqual([]);
  // The ledger lies where it lay, so that all of it is known; only the rule made by hand is not.
  const plan = json(
    await work.run(["plan", "-f", "conf/exported.yaml", "--output", "json"], { OPENAI_API_KEY: key }),
  );
  expect(plan.refused.map(({ address, code }: { address: string; code: string }) => [address, code])).toEqual(
    [["vercel.rule.deny-openai-gpt-4", "NOT_OWNED"]],
  );
  expect(plan.steps.filter(({ action }: { action: string }) => action !== "record")).toEqual([]);
});

test("selectors take a part, with what it lives in and what lives in it", async () => {
  await makeByHand(server);
  const work = empty();
  const addresses = async (...selectors: string[]): Promise<readonly string[]> => {
    const result = json(await work.run(["export", ...selectors, "--output", "json"]));
    return result.resources.map(({ address }: { address: string }) => address);
  };
  expect(await addresses("cloudflare.gateway.team-14")).toEqual([
    "cloudflare.gateway.team-14",
    "cloudflare.provider_config.team-14/anthropic",
    "cloudflare.provider_config.team-14/openai",
  ]);
  expect(await addresses("cloudflare.provider_config.team-14/openai")).toEqual([
    "cloudflare.gateway.team-14",
    "cloudflare.provider_config.team-14/openai",
  ]);
  expect(await addresses("vercel.rule.deny-lab-1*")).toHaveLength(5);
  await server.forgetRequests();
  expect(await addresses("vercel.rules")).toHaveLength(80);
  expect((await server.requests()).filter(({ vendor }) => vendor === "cloudflare")).toEqual([]);
  const typo = json(await work.run(["export", "vercel.rule.nope", "--output", "json"]));
  expect(typo.error.code).toBe("NO_MATCH");
  const wrong = json(await work.run(["export", "vercel.rulez", "--output", "json"]));
  expect(wrong.error).toMatchObject({ code: "USAGE", hint: expect.stringContaining("vercel.rule") });
});

test("a part of a stack that has a ledger says what it leaves out, as a plan with it alone would delete that", async () => {
  const work = empty();
  const rules = ["a", "b"].map((name) => `    ${name}: { type: deny, source: openai/${name} }\n`).join("");
  const { team } = server.connection.vercel;
  work.write("gateform.yaml", `version: 1\nstack: mine\nvercel:\n  team: ${team}\n  rules:\n${rules}`);
  expect((await work.run(["apply", "--auto-approve"])).code).toBe(0);
  expect(json(await work.run(["export", "vercel.rules", "--output", "json"])).diagnostics).toEqual([]);
  const part = ["export", "vercel.rule.a", "--out", "part.yaml", "--output", "json"];
  expect(json(await work.run(part)).diagnostics).toMatchObject([
    { code: "EXPORT_UNDECLARED", message: expect.stringContaining("vercel.rule.b") as string },
  ]);
  const plan = json(await work.run(["plan", "-f", "part.yaml", "--output", "json"]));
  expect(plan.steps.map(({ id }: { id: string }) => id)).toContain("delete vercel.rule.b");
  expect(
    json(await work.run([...part.slice(0, 2), "--stack", "other", "--output", "json"])).diagnostics,
  ).toEqual([]);
});

test("names that would act on a terminal or as YAML come through as they are", async () => {
  const names = ["\u001b[31mred", "yes", "1.0", "a\nb: c", "${env:HOME}", "x\u202ey"];
  for (const name of names) await addKey(name);
  const work = empty();
  const result = await work.run(["export", "vercel.keys"]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(result.stdout + result.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  work.write("gateform.yaml", result.stdout);
  expect((await work.run(["adopt", "--all"])).code).toBe(0);
  expect((await work.run(["plan", "--detailed-exitcode"])).code).toBe(0);
});
