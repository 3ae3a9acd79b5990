// The smaller commands: adopt, ledger, schema, serve, demo, and what --help, --version and --reveal do.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { leaksOf } from "../canary/search.ts";
import { canary } from "../canary/values.ts";
import {
  cliPath,
  json,
  root,
  type Server,
  startCli,
  startServer,
  type Workspace,
  workspace,
} from "./support.ts";

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

function stack(vercel: string): Workspace {
  const work = workspace(server);
  onTestFinished(work.remove);
  work.write("gateform.yaml", `version: 1\nstack: small\nvercel:\n  team: acme\n${vercel}`);
  return work;
}

const RULE = "  rules:\n    a: { type: deny, source: openai/gpt-5.5 }\n";

test("adopt takes a live resource into the ledger without a write, and the next plan only changes what differs", async () => {
  const work = stack(RULE);
  const made = await server.vercel("POST", "/ai-gateway/rules", {
    type: "deny",
    match: { model: "openai/gpt-5.5" },
    action: { reason: "by hand" },
  });
  const { ruleId } = (await made.json()) as { readonly ruleId: string };
  await server.forgetRequests();
  const adopted = await work.run(["adopt", `vercel.rule.a=${ruleId}`, "--output", "json"]);
  expect(adopted.code, adopted.stderr).toBe(0);
  expect(json(adopted)).toMatchObject({ adopted: ["vercel.rule.a"], next: { summary: { update: 0 } } });
  expect((await server.requests()).every(({ method }) => method === "GET")).toBe(true);
  expect((await work.run(["plan", "--detailed-exitcode"])).code).toBe(0);
});

test("adopt of an id that is not live, or of an address that is not declared, changes nothing", async () => {
  const work = stack(RULE);
  for (const pair of ["vercel.rule.a=rule_nowhere", "vercel.rule.b=rule_1"]) {
    const { code, stderr } = await work.run(["adopt", pair]);
    expect(code).toBe(1);
    expect(stderr).toContain(pair.split("=")[0]);
  }
  expect(() => work.read(".gateform/small.ledger.json")).toThrow("ENOENT");
});

test("ledger forget leaves the resource live and no longer owned; a slip gets a suggestion", async () => {
  const work = stack(RULE);
  await work.run(["apply", "--auto-approve"]);
  const slip = await work.run(["ledger", "forget", "vercel.rule.b"]);
  expect(slip.code).toBe(1);
  expect(slip.stderr).toContain("did you mean vercel.rule.a?");
  expect((await work.run(["ledger", "forget", "vercel.rule.a"])).code).toBe(0);
  expect((await server.state()).vercel.rules).toHaveLength(1);
  expect((await work.run(["plan"])).stdout).toContain("NOT_OWNED");
});

test.each([
  ["config", "gateform.schema.json"],
  ["layer", "gateform.layer.schema.json"],
  ["plan", "plan.schema.json"],
  ["ledger", "ledger.schema.json"],
])("schema %s prints what schemas/%s holds", async (name, file) => {
  const { code, stdout } = await stack("").run(["schema", name]);
  expect(code).toBe(0);
  expect(stdout).toBe(readFileSync(join(root, "schemas", file), "utf8"));
});

const KEY = "  keys:\n    ci:\n      deliver: [{ stdout: {} }]\n";

describe("a key that goes to stdout", () => {
  test("is not made without --reveal, nor where stdout is no terminal, and nothing was done", async () => {
    const work = stack(KEY);
    for (const [args, code] of [
      [[], "SINK_NOT_REVEALED"],
      [["--reveal", "vercel.key.ci"], "SINK_NO_TERMINAL"],
    ] as const) {
      const run = await work.run(["apply", "--auto-approve", ...args]);
      expect(run.code).toBe(1);
      expect(run.stderr).toContain(`[${code}]`);
    }
    expect((await server.state()).vercel.keys).toEqual([]);
  });

  test("is not mixed with a JSON document on stdout", async () => {
    const run = await stack(KEY).run([
      "apply",
      "--auto-approve",
      "--reveal",
      "vercel.key.ci",
      "--output",
      "json",
    ]);
    expect(run.code).toBe(1);
    expect(json(run).error.code).toBe("USAGE");
  });
});

describe("serve", () => {
  test("prints lines to paste, and ends with exit 0 on SIGTERM and SIGINT", async () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      const running = startCli(["serve", "--port", "0"], { cwd: root });
      await running.shown("Ctrl-C ends it.");
      for (const name of Object.keys(server.env).filter((key) => key !== "OPENAI_API_KEY")) {
        expect(running.output().stdout).toContain(`  export ${name}='`);
      }
      running.kill(signal);
      expect(await running.done).toMatchObject({ code: 0, stderr: "" });
    }
  });

  test("keeps its state in --data, plays --fault, and says when its port is taken", async () => {
    const work = workspace(undefined);
    onTestFinished(work.remove);
    const args = ["--data", work.path("state.json")];
    const first = await startServer(...args);
    await first.vercel("POST", "/v1/api-keys", { purpose: "ai-gateway", name: "kept" });
    await first.stop();
    const fault = { method: "POST", effect: { kind: "status", status: 503, when: "before" } };
    const second = await startServer(...args, "--fault", JSON.stringify(fault));
    onTestFinished(async () => void (await second.stop()));
    expect((await second.state()).vercel.keys).toMatchObject([{ name: "kept" }]);
    expect((await second.vercel("POST", "/v1/api-keys", { name: "lost" })).status).toBe(503);
    const { port } = new URL(second.connection.control_url);
    const third = await work.run(["serve", "--port", port]);
    expect(third.code).toBe(1);
    expect(third.stderr).toContain("[PORT_TAKEN]");
  });
});

test("demo shows the main job from validate to the repaired drift, and cleans up", async () => {
  const work = workspace(undefined);
  onTestFinished(work.remove);
  const { code, stdout } = await work.run(["demo"], {
    TMPDIR: work.cwd,
    CI: "1",
    HTTP_PROXY: "http://127.0.0.1:1",
  });
  expect(code, stdout).toBe(0);
  const order = [
    "$ gateform validate",
    "$ gateform plan",
    "6 to create",
    "$ gateform apply --auto-approve --new-ledger",
    "Converged",
    "$ gateform plan --detailed-exitcode",
    "No changes.",
    "$ gateform drift",
    "authentication: live false, declared true",
    "exit code 2",
    "$ gateform apply --auto-approve",
    "Converged",
    "$ gateform plan --detailed-exitcode",
    "No changes.",
  ];
  const found = order.reduce((from, words) => {
    const at = stdout.indexOf(words, from);
    expect(at, `${words} after character ${from}`).toBeGreaterThanOrEqual(from);
    return at + words.length;
  }, 0);
  expect(found).toBeLessThan(stdout.length);
  expect(work.files()).toEqual([]);
});

describe("help", () => {
  test("of the program names exit codes, variables and every command", async () => {
    const { code, stdout } = await stack("").run(["--help"]);
    expect(code).toBe(0);
    const words = [
      "Exit codes:",
      "Environment:",
      "CLOUDFLARE_BASE_URL",
      "VERCEL_BASE_URL",
      "GATEFORM_LEDGER_KEY",
    ];
    const names = [
      "validate",
      "plan",
      "apply",
      "destroy",
      "drift",
      "adopt",
      "ledger",
      "schema",
      "serve",
      "demo",
    ];
    for (const word of [...words, ...names]) expect(stdout).toContain(word);
    expect((await stack("").run([])).stdout).toBe(stdout);
  });

  test("of a command has examples, and goes to stdout with exit 0", async () => {
    for (const args of [
      ["plan", "--help"],
      ["help", "plan"],
    ]) {
      const { code, stdout, stderr } = await stack("").run(args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toContain("$ gateform plan --detailed-exitcode");
    }
  });
});

test("--version prints the package's version", async () => {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect(await stack("").run(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
});

test("colours are off in pipes and with NO_COLOR or --no-color, and on with FORCE_COLOR", async () => {
  const work = stack(RULE);
  const coloured = async (args: readonly string[], env: Readonly<Record<string, string>>): Promise<boolean> =>
    (await work.run(["validate", ...args], env)).stdout.includes("\u001b[");
  expect(await coloured([], {})).toBe(false);
  expect(await coloured([], { FORCE_COLOR: "1" })).toBe(true);
  expect(await coloured([], { FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(false);
  expect(await coloured(["--no-color"], { FORCE_COLOR: "1" })).toBe(false);
});

test("apply and destroy show what a delete takes along, as plan does", async () => {
  const gateways = (body: string) =>
    `cloudflare:\n  account_id: \${env:CLOUDFLARE_ACCOUNT_ID}\n  gateways: ${body}\n`;
  const work = stack(gateways("{ web: { cache_ttl: 5 } }"));
  expect((await work.run(["apply", "--auto-approve"])).code).toBe(0);
  const destroyed = await work.run(["destroy", "--auto-approve"]);
  expect(destroyed.stdout).toContain("takes its stored logs with it");
  work.write("gateform.yaml", `version: 1\nstack: small\n${gateways("{}")}`);
  for (const args of [["plan"], ["apply", "--auto-approve"]]) {
    expect((await work.run(args)).stdout).toContain("takes its stored logs with it");
  }
});

test("help for a command that is not there says so, and a file that cannot be written is told once", async () => {
  const work = stack(RULE);
  expect((await work.run(["help", "nope"])).stderr).toContain("unknown command 'nope'");
  const { stderr } = await work.run(["plan", "--output", "json=missing/plan.json"]);
  expect(stderr.match(/missing\/plan\.json/g)).toHaveLength(1);
});

test("-f - reads standard input, and then apply cannot ask on it", async () => {
  const work = stack("");
  const input = `version: 1\nstack: piped\nvercel:\n  team: acme\n${RULE}`;
  const run = (args: readonly string[]) =>
    startCli([...args, "-f", "-"], { cwd: work.cwd, env: server.env, input }).done;
  expect((await run(["plan", "--detailed-exitcode"])).code).toBe(2);
  expect((await run(["apply", "--auto-approve"])).code).toBe(0);
  expect((await run(["plan", "--detailed-exitcode"])).code).toBe(0);
  expect((await run(["apply"])).stderr).toContain("[NOT_APPROVED]");
});

test("the library face plans and applies what the command line does", async () => {
  const work = stack(RULE);
  const face = (await import(join(cliPath, "../index.js"))) as typeof import("../../src/index.ts");
  const around = { cwd: work.cwd, env: server.env };
  const { config } = await face.loadConfig(around);
  if (config === undefined) throw new Error("the file is good");
  expect((await face.plan(config, around)).plan?.summary.create).toBe(1);
  const applied = await face.apply(config, around);
  expect(applied).toMatchObject({ state: "applied", report: { converged: true } });
  expect((await work.run(["plan", "--detailed-exitcode"])).code).toBe(0);
});

describe("explain", () => {
  // Neither a server nor a token: what it says is in the program.
  const place = (): Workspace => {
    const work = workspace(undefined);
    onTestFinished(work.remove);
    return work;
  };

  test("needs no file for a field, and says the same in every format", async () => {
    const work = place();
    const args = ["explain", "cloudflare.gateway.rate_limiting_limit"];
    const [text, markdown, data] = await Promise.all([
      work.run(args),
      work.run([...args, "-o", "markdown"]),
      work.run([...args, "-o", "json"]),
    ]);
    for (const { code, stdout, stderr } of [text, markdown, data]) {
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout).toContain("rate-limit-off");
    }
    expect(json(data)).toMatchObject({ type: "field", rules: { risk: { code: "rate-limit-off" } } });
    expect(work.files()).toEqual([]);
  });

  test("of an address shows what the file sets, with its place and no secret", async () => {
    const work = place();
    work.write(
      "gateform.yaml",
      "version: 1\nstack: small\ncloudflare:\n  account_id: a\n  gateways:\n    support:\n      provider_configs:\n        openai: { secret: { env: OPENAI_API_KEY } }\n",
    );
    const key = canary("explained key", "sk-");
    const { code, stdout } = await work.run(["explain", "cloudflare.provider_config.support/openai"], {
      OPENAI_API_KEY: key,
    });
    expect(code).toBe(0);
    expect(stdout).toContain('secret: { env: "OPENAI_API_KEY" }');
    expect(stdout).toContain("gateform.yaml:8:19");
    expect(leaksOf(stdout, [key])).toEqual([]);
  });

  test("of an address still explains its kind where the file is missing, wrong, or does not have it", async () => {
    const work = place();
    const args = ["explain", "cloudflare.gateway.suport"];
    expect((await work.run(args)).stdout).toContain("There is no gateform.yaml here");
    work.write("gateform.yaml", "version: 1\nstack: small\nvercell: {}\n");
    expect((await work.run(args)).stdout).toContain("gateform.yaml has mistakes");
    const named = await work.run([...args, "-f", "gateform.yaml"]);
    expect([named.code, named.stderr.includes("UNKNOWN_KEY")]).toEqual([1, true]);
    work.write(
      "gateform.yaml",
      "version: 1\nstack: small\ncloudflare: { account_id: a, gateways: { support: {} } }\n",
    );
    const { code, stdout } = await work.run(args);
    expect(code).toBe(0);
    expect(stdout).toContain("is not declared in gateform.yaml; did you mean cloudflare.gateway.support?");
  });

  test("of something unknown exits 1 with what may have been meant, in JSON as well", async () => {
    const work = place();
    const { code, stdout, stderr } = await work.run(["explain", "GATEWAY_OPEN_WITH_KEY"]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("did you mean GATEWAY_OPEN_WITH_KEYS?");
    const data = await work.run(["explain", "cloudflare.gateway.cache_tll", "-o", "json"]);
    expect(data.code).toBe(1);
    expect(json(data)).toMatchObject({ error: { hint: "did you mean cloudflare.gateway.cache_ttl?" } });
  });
});

test("validate reports a check with its place and the page that says more", async () => {
  const work = workspace(undefined);
  onTestFinished(work.remove);
  const gateway = (more: string) =>
    `version: 1\nstack: small\ncloudflare:\n  account_id: a\n  gateways:\n    support: { rate_limiting_limit: 5, rate_limiting_interval: 0${more} }\n`;
  work.write("gateform.yaml", gateway(""));
  const { code, stdout } = await work.run(["validate"]);
  expect(code).toBe(0);
  expect(stdout).toContain("[RATE_LIMIT_WITHOUT_INTERVAL]");
  expect(stdout).toContain("gateform.yaml:6:37");
  expect(stdout).toContain("gateform explain RATE_LIMIT_WITHOUT_INTERVAL");
  work.write("gateform.yaml", gateway(", lifecycle: { silence: [RATE_LIMIT_WITHOUT_INTERVAL] }"));
  expect((await work.run(["validate"])).stdout).not.toContain("RATE_LIMIT");
});
