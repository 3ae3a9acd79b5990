// No secret is in anything that a run prints or writes, whatever goes wrong; and the search would find one.

import { rmSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { commands } from "../../src/cli/command-table.ts";
import type { FaultRule } from "../../src/reference-server/index.ts";
import { awkwardCanary, canary } from "../canary/values.ts";
import { startStateServer } from "../unit/ledger/state-server.ts";
import { startProxy } from "../unit/provider/proxy-server.ts";
import { leaksIn, type Recorded, recordedRuns } from "./recorded.ts";
import { type Server, startServer } from "./support.ts";

/** Characters that URLs and JSON escape are in it on purpose. */
const OLD_KEY = awkwardCanary("old provider key");
const NEW_KEY = awkwardCanary("new provider key");
/** Where the delivered key belongs. */
const SINK = "out/ci.env";

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

const recorded = (env: Readonly<Record<string, string>>) => recordedRuns(server, env, [SINK]);

/** Everything secret that there is: what was sent, and what the server made, deleted keys included. */
async function canaries(): Promise<readonly string[]> {
  const { cloudflare, vercel } = server.connection;
  const state = await server.state();
  const made = state.vercel.keys.map((key: { secret: string }) => key.secret);
  return [cloudflare.api_token, vercel.token, OLD_KEY, NEW_KEY, ...made];
}

async function leaks(record: Recorded, more: readonly string[] = []): Promise<readonly string[]> {
  return leaksIn(record, [...(await canaries()), ...more]);
}

test("a whole life, from validate to destroy in every format and with a rotated key, shows no secret", async () => {
  const before = recorded({ OPENAI_API_KEY: OLD_KEY });
  const { work, run } = before;
  await run("schema", "plan");
  await run("explain", "cloudflare.provider_config.support/openai");
  await run("validate");
  await run("plan", "--output", "json=plan.json", "--output", "markdown=plan.md", "--verbose");
  expect((await run("apply", "--auto-approve", "--output", "json", "-o", "markdown=report.md")).code).toBe(0);
  expect(await leaks(before)).toEqual([]);
  const after = recorded({ OPENAI_API_KEY: NEW_KEY });
  after.work.write(".gateform/quickstart.ledger.json", work.read(".gateform/quickstart.ledger.json"));
  await after.run("plan", "--verbose");
  expect((await after.run("apply", "--auto-approve")).code).toBe(0);
  await after.run("drift", "--output", "json");
  await after.run("trace", "anthropic/claude-opus-4.7", "--live");
  await after.run("export", "--out", "export.yaml");
  await after.run("ledger", "show");
  await after.run("ledger", "history", "--output", "json");
  await after.run("ledger", "forget", "vercel.rule.no-gpt-5-5");
  await after.run("ledger", "unlock");
  await after.run("show", "--output", "text", "-o", "json=show.json", "-o", "markdown=show.md");
  rmSync(after.work.path(".gateform/quickstart.ledger.json"));
  expect(
    (await after.run("adopt", "--all", "-o", "text", "-o", "json=adopt.json", "-o", "markdown=adopt.md"))
      .code,
  ).toBe(0);
  after.work.write("gateform.yaml", work.read("gateform.yaml").replace("destroy: true", "destroy: false"));
  await after.run("apply", "--auto-approve");
  const rotated = await after.run(
    ...["rotate", "vercel.key.ci", "cloudflare.provider_config.support/openai", "--auto-approve"],
  );
  expect(rotated.code, rotated.stderr).toBe(0);
  const secrets = await canaries();
  // Both tokens, both provider keys, the key and its successor.
  expect(secrets).toHaveLength(6);
  expect((await after.run("destroy", "--auto-approve", "--allow-deletes", "5")).code).toBe(0);
  expect(await leaks(after, secrets)).toEqual([]);

  const all = [...before.texts(), ...after.texts()];
  expect(all.filter(([, text]) => text.includes("debug: #1 ")).length).toBeGreaterThan(7);
  const ran = all.flatMap(([name]) => /^stdout of \d+: (ledger \S+|\S+)/.exec(name)?.[1] ?? []);
  const every = commands.flatMap((entry) =>
    "commands" in entry ? entry.commands.map(({ usage }) => `${entry.name} ${usage}`) : [entry.usage],
  );
  // Those two tell how the server that they start is reached, its tokens included.
  const others = every.filter((usage) => !["serve", "demo"].includes(usage));
  expect(others.filter((usage) => !ran.includes(usage.replace(/ [[<].*/, "")))).toEqual([]);
});

test("neither a ledger's token nor a proxy's password is in anything that is printed", async () => {
  const state = await startStateServer("terraform");
  onTestFinished(state.close);
  const { address, lock_address, unlock_address } = state;
  const [token, password, wrong] = [
    canary("ledger's token"),
    canary("proxy's password"),
    canary("wrong one"),
  ];
  state.accepts = [`Bearer ${token}`];
  const proxy = await startProxy({ credential: `me:${password}` });

  async function run(command: readonly string[], LEDGER_TOKEN: string, secret: string) {
    const HTTP_PROXY = `http://me:${secret}@${proxy.host}`;
    const it = recorded({ OPENAI_API_KEY: OLD_KEY, LEDGER_TOKEN, HTTP_PROXY });
    const http = { address, lock_address, unlock_address, token: { env: "LEDGER_TOKEN" } };
    it.work.write("ledger.yaml", JSON.stringify({ ledger: { http } }));
    const result = await it.run(...command, "-f", "gateform.yaml", "-f", "ledger.yaml");
    expect(await leaks(it, [token, password, wrong, `me:${password}`])).toEqual([]);
    return result;
  }

  const applied = await run(["apply", "--auto-approve", "--new-ledger"], token, password);
  expect(applied.code, applied.stderr).toBe(0);
  expect(applied.stderr).toContain(`ledger → LOCK ${lock_address}`);
  expect(proxy.asked).toContain(`LOCK ${lock_address}`);
  expect((await run(["plan"], wrong, password)).stderr).toContain("[LEDGER_ACCESS]");
  expect((await run(["plan"], token, wrong)).stderr).toContain(`(HTTP_PROXY) answered 407`);
});

test("the value of a caller's token is in its sink and in nothing else, nor is one that was lost", async () => {
  const it = recorded({});
  const tokens = async () =>
    (await server.state()).cloudflare.tokens.map(({ value }: { value: string }) => value);
  const file = (body: string) => `version: 1
stack: acme-prod
cloudflare:
  account_id: \${env:CLOUDFLARE_ACCOUNT_ID}
  gateways: { support: { authentication: true } }
  tokens:${body}
`;
  const caller = `
    caller:
      permissions: [AI Gateway Run]
      deliver: [{ file: { path: ${SINK} } }]`;
  it.work.write("gateform.yaml", file(caller));
  // Both the value that the token is made with and the one that it gets instead are lost on their way.
  await server.addFaults(
    { method: "POST", path: "/tokens$", times: 1, effect: { kind: "drop", when: "after" } },
    { method: "PUT", path: "/value$", effect: { kind: "status", status: 400, when: "after" } },
  );
  expect((await it.run("apply", "--auto-approve", "--verbose")).code).toBe(1);
  await server.clearFaults();
  const lost = await tokens();
  await it.run("plan", "--out", "saved.json", "-o", "text", "-o", "markdown=plan.md");
  expect(it.work.read("plan.md")).toContain("keeps its id and gets a new value");
  expect((await it.run("apply", "--auto-approve", "-o", "json")).code).toBe(0);
  const first = await tokens();
  expect(first).toHaveLength(lost.length);
  expect(first).toContain(it.work.read(SINK));
  await it.run("drift", "-o", "json");
  await it.run("show", "-o", "json");
  await it.run("export", "-o", "text");
  it.work.write("gateform.yaml", file(caller.replace("Run]", "Run, AI Gateway Read]")));
  expect((await it.run("apply", "--auto-approve", "--verbose")).code).toBe(0);
  it.work.write("gateform.yaml", file(" {}"));
  expect((await it.run("apply", "--auto-approve", "--allow-deletes", "1")).code).toBe(0);
  expect(await tokens()).toHaveLength(first.length - 1);
  expect(await leaks(it, [...first, ...lost])).toEqual([]);
});

/** A vendor can only echo what it was sent. */
const withEcho = (secret: string, where: Pick<FaultRule, "vendor" | "path">): FaultRule => ({
  ...where,
  method: "POST",
  effect: {
    kind: "status",
    status: 400,
    when: "before",
    body: {
      success: false,
      result: null,
      messages: [],
      errors: [{ code: 7001, message: `bad value ${secret} (${encodeURIComponent(secret)})` }],
      error: { code: "bad_request", message: `bad value ${JSON.stringify(secret)}` },
    },
  },
});

interface FaultCase {
  readonly title: string;
  readonly rule: () => FaultRule;
  /** What of it is to be seen, without the secret: the proof that there is something to search. */
  readonly shows?: string;
}

const FAULTS: readonly FaultCase[] = [
  {
    title: "the first POST of each resource dropped after commit",
    rule: () => ({ method: "POST", once_per_resource: true, effect: { kind: "drop", when: "after" } }),
  },
  {
    title: "every POST dropped after commit",
    rule: () => ({ method: "POST", effect: { kind: "drop", when: "after" } }),
  },
  {
    title: "every POST answered 500 after commit",
    rule: () => ({ method: "POST", effect: { kind: "status", status: 500, when: "after" } }),
  },
  {
    title: "every POST answered in another shape",
    rule: () => ({ method: "POST", effect: { kind: "malformed" } }),
  },
  { title: "every list cut", rule: () => ({ method: "GET", effect: { kind: "cut_list", keep: 0 } }) },
  {
    title: "the provider key echoed in an error",
    rule: () => withEcho(OLD_KEY, { path: "/provider_configs$" }),
    shows: "bad value [secret]",
  },
  {
    title: "Cloudflare's token echoed in an error",
    rule: () => withEcho(server.connection.cloudflare.api_token, { vendor: "cloudflare" }),
    shows: "bad value [secret]",
  },
  {
    title: "Vercel's token echoed in an error",
    rule: () => withEcho(server.connection.vercel.token, { vendor: "vercel" }),
    shows: 'bad value "[secret]"',
  },
];

describe.each(FAULTS)("with $title", ({ rule, shows = "" }) => {
  test("nothing that is printed or written holds a secret", async () => {
    const record = recorded({ OPENAI_API_KEY: OLD_KEY });
    await server.addFaults(rule());
    await record.run("plan", "--output", "json");
    await record.run("apply", "--auto-approve");
    const secrets = await canaries();
    await record.run("apply", "--auto-approve", "--output", "json", "--output", "markdown=report.md");
    await record.run("drift");
    expect([...record.texts().values()].join("\n")).toContain(shows);
    expect(await leaks(record, secrets)).toEqual([]);
  });
});

test("a literal secret in the file, or a credential that is refused, is not repeated", async () => {
  const refused = canary("refused Vercel token");
  const record = recorded({ OPENAI_API_KEY: OLD_KEY, VERCEL_TOKEN: refused });
  await record.run("plan");
  const { work, run } = record;
  const kept = work.read("gateform.yaml");
  work.write("literal.yaml", kept.replace("secret: { env: OPENAI_API_KEY }", `secret: '${NEW_KEY}'`));
  const literal = await run("validate", "-f", "literal.yaml");
  expect(literal.stdout + literal.stderr).toContain("LITERAL_SECRET");
  await run("plan", "-f", "literal.yaml", "--output", "json");
  work.write("literal.yaml", "");
  expect(await leaks(record, [refused])).toEqual([]);
});

describe("the search finds", () => {
  const secret = OLD_KEY;
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const plants: readonly (readonly [form: string, text: string])[] = [
    ["the value", secret],
    ["base64 of the value", base64(secret)],
    ["base64 of text with the value in it, at any offset", base64(`Bearer x${secret}.`)],
    ["the value URL-escaped", encodeURIComponent(secret)],
    ["the value JSON-escaped", JSON.stringify({ a: secret })],
    ["eight characters of it", `…${secret.slice(7, 15)}…`],
  ];
  test.each(plants)("%s in a file that a run left", async (_form, text) => {
    const record = recorded({ OPENAI_API_KEY: OLD_KEY });
    record.work.write("left.log", `some text ${text} and more`);
    expect(await leaks(record)).not.toEqual([]);
  });
});
