// Who asks, and what they may: an API token that only reads, and an e-mail with a Global API key.

import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { leaksOf } from "../canary/search.ts";
import { canary } from "../canary/values.ts";
import { json, type Server, startServer, type Workspace, workspace, writesOf } from "./support.ts";

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

const head = (more = "") => `version: 1
stack: acme-prod
cloudflare:
  account_id: \${env:CLOUDFLARE_ACCOUNT_ID}
${more}`;

const GATEWAYS = `  gateways:
    support:
      authentication: true
      provider_configs:
        openai: { secret: { env: OPENAI_API_KEY } }
      routes:
        tiered:
          elements:
            - { id: start, type: start, outputs: { next: large } }
            - id: large
              type: model
              properties: { provider: openai, model: gpt-5.1, timeout: 30000, retries: 1 }
              outputs: { success: end, fallback: end }
            - { id: end, type: end }
      custom_domains:
        ai.acme.example: { zone_id: 023e105f4ecef8ad9ca31a8372d0c353 }
`;
const PROVIDERS = `  custom_providers:
    acme:
      name: Acme LLM
      base_url: https://llm.acme.example
      costs: { large: { model: acme-large, cost_in: 1 } }
    other: { name: Other, base_url: https://llm.other.example }
`;
const EVERY_KIND = head(`${GATEWAYS}${PROVIDERS}  secrets:
    shared: { value: { env: OPENAI_API_KEY } }
  tokens:
    caller:
      permissions: [AI Gateway Edit]
      deliver: [{ file: { path: out/caller.token } }]
`);

const KINDS = [
  "custom_domain",
  "custom_provider",
  "custom_provider_cost",
  "gateway",
  "provider_config",
  "route",
  "secret",
  "secrets_store",
  "token",
];

function stageOf(file: string): Workspace {
  const work = workspace(server);
  onTestFinished(work.remove);
  work.write("gateform.yaml", file);
  return work;
}

/** Makes a token with these permission groups; the environment that names it. */
async function tokenOf(owner: "account" | "user", ...permissions: readonly string[]) {
  const answer = await fetch(`${server.connection.control_url}/tokens`, {
    method: "POST",
    body: JSON.stringify({ vendor: "cloudflare", owner, permissions }),
  });
  const { token } = (await answer.json()) as { readonly token: string }; // the control endpoint's own shape
  return { CLOUDFLARE_API_TOKEN: token };
}

const READ = ["AI Gateway Read", "Secrets Store Read", "Account API Tokens Read"];

describe("an API token that only reads", () => {
  test("plans every kind completely, and apply names all that it lacks in one message and writes nothing", async () => {
    const work = stageOf(EVERY_KIND);
    const env = await tokenOf("account", ...READ);
    await server.forgetRequests();
    const planned = await work.run(["plan", "--output", "json"], env);
    expect(planned.code).toBe(0);
    const { steps, diagnostics } = json(planned);
    const kinds = steps.map(({ kind }: { kind: string }) => kind.replace("cloudflare.", ""));
    expect([...new Set(kinds)].sort()).toEqual(KINDS);
    expect(diagnostics.filter(({ severity }: { severity: string }) => severity === "error")).toEqual([]);

    const applied = await work.run(["apply", "--auto-approve", "--output", "json"], env);
    expect(applied.code).toBe(1);
    const { error } = json(applied);
    expect(error.code).toBe("MISSING_PERMISSION");
    for (const group of [
      '"AI Gateway Write" ("AI Gateway Edit" in the dashboard)',
      '"Secrets Store Write"',
      '"Account API Tokens Write"',
    ])
      expect(error.message).toContain(group);
    expect(writesOf(await server.requests())).toEqual([]);
  });

  test.each([
    ["an account's without Account API Tokens Read", "account"],
    ["a user's", "user"],
  ] as const)(
    "whose policies cannot be read, %s, stops at the first refusal for each group and changes nothing",
    async (_, owner) => {
      const work = stageOf(head(`${GATEWAYS}${PROVIDERS}`));
      const env = await tokenOf(owner, "AI Gateway Read", "Secrets Store Read");
      await server.forgetRequests();
      const before = await server.state();
      expect((await work.run(["plan"], env)).code).toBe(0);
      const applied = await work.run(
        ["apply", "--auto-approve", "--parallelism", "1", "--output", "json"],
        env,
      );
      expect(applied.code).toBe(1);
      const { results } = json(applied).report;
      const failed = results.filter(({ outcome }: { outcome: string }) => outcome === "failed");
      expect(failed.map(({ code }: { code: string }) => code)).toEqual(["PERMISSION", "PERMISSION"]);
      const said = failed.map(({ message }: { message: string }) => message).join("\n");
      expect(said).toContain('"AI Gateway Write" ("AI Gateway Edit" in the dashboard)');
      expect(said).toContain('"Secrets Store Write"');
      expect(results.filter(({ outcome }: { outcome: string }) => outcome === "blocked")).toHaveLength(
        results.length - 2,
      );
      // One refused request for each group, and none that was carried out.
      const writes = writesOf(await server.requests());
      expect(writes.map(({ status }) => status)).toEqual([403, 403]);
      const after = await server.state();
      expect(after.cloudflare).toEqual(before.cloudflare);
    },
  );
});

describe("an e-mail with a Global API key", () => {
  const USED = "uses a Global API key";

  async function user() {
    const { email, api_key } = (await server.state()).cloudflare.user;
    return { email: String(email), api_key: String(api_key) };
  }

  /** Texts of everything that was printed or written, but for the sink. */
  const textsIn = (work: Workspace, outputs: readonly string[]) => [
    ...outputs,
    work.read("gateform.yaml"),
    work.read(".gateform/acme-prod.ledger.json"),
  ];

  test("named in the file applies every kind and converges, says once that a token is better, and shows no key", async () => {
    const { email, api_key } = await user();
    const work = stageOf(
      EVERY_KIND.replace(
        "  gateways:",
        `  api_email: ${email}\n  api_key: { env: OPERATOR_KEY }\n  gateways:`,
      ),
    );
    const env = {
      CLOUDFLARE_API_TOKEN: canary("unused API token"),
      OPERATOR_KEY: api_key,
      GATEFORM_DEBUG: "1",
    };
    await server.forgetRequests();
    const applied = await work.run(["apply", "--auto-approve"], env);
    expect(applied.stderr).not.toContain("error");
    expect(applied.code).toBe(0);
    expect(`${applied.stdout}${applied.stderr}`.split(USED)).toHaveLength(2);
    const planned = await work.run(["plan", "--detailed-exitcode", "--output", "json"], env);
    expect(planned.code).toBe(0);
    expect(json(planned).diagnostics.map(({ code }: { code: string }) => code)).toContain("GLOBAL_API_KEY");
    expect((await server.requests()).some(({ path }) => path.endsWith("/tokens/verify"))).toBe(false);
    const broken = await work.run(["plan", "--verbose"], { ...env, OPERATOR_KEY: `${api_key}0` });
    expect(broken.code).toBe(1);
    await server.addFaults({
      vendor: "cloudflare",
      path: "/gateways$",
      effect: {
        kind: "status",
        status: 400,
        when: "before",
        body: { success: false, errors: [{ code: 7001, message: `bad ${api_key}` }] },
      },
    });
    const echoed = await work.run(["plan", "--output", "json"], env);
    expect(echoed.stdout).toContain("bad [secret]");
    const outputs = [applied, planned, broken, echoed].flatMap(({ stdout, stderr }) => [stdout, stderr]);
    for (const text of textsIn(work, outputs)) expect(leaksOf(text, [api_key])).toEqual([]);
  });

  test("in the environment alone is used where there is no API token, and by export without a file", async () => {
    const { email, api_key } = await user();
    const env = { CLOUDFLARE_API_TOKEN: "", CLOUDFLARE_EMAIL: email, CLOUDFLARE_API_KEY: api_key };
    const work = stageOf(head("  gateways: { support: { cache_ttl: 60 } }\n"));
    const planned = await work.run(["plan"], env);
    expect(planned.code).toBe(0);
    const empty = workspace(server);
    onTestFinished(empty.remove);
    expect((await empty.run(["export", "cloudflare.gateways"], env)).code).toBe(0);
    const half = await empty.run(["export", "cloudflare.gateways", "--output", "json"], {
      ...env,
      CLOUDFLARE_EMAIL: "",
    });
    expect([half.code, json(half).error.message]).toEqual([1, expect.stringContaining("CLOUDFLARE_EMAIL")]);
  });
});
