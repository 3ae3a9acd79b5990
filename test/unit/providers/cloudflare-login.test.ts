// What goes out for each kind of credential, how the one in use is identified, and what it is found to lack.

import { describe, expect, onTestFinished, test } from "vitest";
import type { Plan } from "../../../src/model/plan.ts";
import { openNetwork } from "../../../src/provider/network.ts";
import { Secret } from "../../../src/provider/secret.ts";
import type { CloudflareReader } from "../../../src/providers/cloudflare/client.ts";
import { cloudflare } from "../../../src/providers/cloudflare/index.ts";
import { type AnsweringServer, type Reaction, type Received, serve } from "./answers.ts";
import { fingerprint } from "./sessions.ts";

const ACCOUNT = "023e105f4ecef8ad9ca31a8372d0c353";
const HERE = `com.cloudflare.api.account.${ACCOUNT}`;

const good = (result: unknown): Reaction => ({ status: 200, body: { success: true, result } });
const refused: Reaction = {
  status: 401,
  body: { success: false, errors: [{ code: 1000, message: "Invalid API Token" }] },
};

async function open(
  react: (request: Received) => Reaction,
  secrets: Readonly<Record<string, Secret>> = { api_token: new Secret("token") },
): Promise<{ readonly api: CloudflareReader; readonly server: AnsweringServer }> {
  const server = await serve(react);
  const settings = { account_id: ACCOUNT, base_url: server.url, api_email: "ops@acme.example" };
  const network = openNetwork({ env: {}, parallelism: 1 });
  const session = await cloudflare.connect({ settings, secrets, fingerprint, network });
  onTestFinished(() => session.close());
  return { api: session.api, server };
}

describe("a Global API key", () => {
  const key = { api_key: new Secret("144c9defac04969c7bfad8efaa8ea194") };

  test("goes out with the e-mail, and with no Authorization", async () => {
    const { api, server } = await open(() => refused, key);
    await api.get("/x", cloudflare.settings).catch(() => undefined);
    const headers = server.received[0]?.headers ?? {};
    expect([headers["x-auth-email"], headers["x-auth-key"], headers.authorization]).toEqual([
      "ops@acme.example",
      "144c9defac04969c7bfad8efaa8ea194",
      undefined,
    ]);
  });

  test("is no token, which nobody has to be asked", async () => {
    const { api, server } = await open(() => refused, key);
    expect(await api.ownToken()).toBeNull();
    expect(server.received).toEqual([]);
  });
});

describe("the token in use", () => {
  const verify = (account: Reaction, user: Reaction) => (request: Received) =>
    request.path.startsWith("/user/") ? user : account;

  test("is the account's where the account verifies it", async () => {
    const { api, server } = await open(verify(good({ id: "own" }), refused));
    expect(await api.ownToken()).toBe("own");
    expect(server.received.map(({ path }) => path)).toEqual([`/accounts/${ACCOUNT}/tokens/verify`]);
  });

  test("is none of the account's where it is verified as a user's", async () => {
    const { api } = await open(verify(refused, good({ id: "theirs" })));
    expect(await api.ownToken()).toBeNull();
  });

  test("is not taken for another one where neither verifies it", async () => {
    const { api } = await open(verify(refused, refused));
    await expect(api.ownToken()).rejects.toThrow("/user/tokens/verify");
  });
});

describe("what the token in use lacks", () => {
  const groups = [
    { id: "g-write", name: "AI Gateway Write" },
    { id: "g-read", name: "AI Gateway Read" },
    { id: "g-store", name: "Secrets Store Write" },
  ];
  const policy = (name: string | null, resource = HERE, effect = "allow") => ({
    effect,
    permission_groups: [{ id: groups.find((group) => group.name === name)?.id ?? "g-write", name }],
    resources: { [resource]: "*" },
  });

  async function found(policies: readonly unknown[], kinds = ["cloudflare.gateway"]) {
    const { api } = await open(({ path }) => {
      if (path.endsWith("/permission_groups")) return good(groups);
      if (path.endsWith("/quota")) return good({ secrets: { quota: 100, usage: 0 } });
      return path.endsWith("/verify") ? good({ id: "own" }) : good({ id: "own", name: "n", policies });
    });
    const steps = kinds.map((kind) => ({ kind, action: "create", address: `${kind}.x`, changes: [] }));
    // A plan has more members; the preflight looks at the steps alone.
    const list = await cloudflare.preflight?.(api, { steps } as unknown as Plan);
    return (list ?? []).map(({ code, message }) => `${code} ${message}`).join("\n");
  }

  test("is told of all groups together, each with its steps", async () => {
    const said = await found([policy("AI Gateway Read")], ["cloudflare.gateway", "cloudflare.secret"]);
    expect(said).toContain(
      '"AI Gateway Write" ("AI Gateway Edit" in the dashboard) for cloudflare.gateway.x',
    );
    expect(said).toContain('"Secrets Store Write" for cloudflare.secret.x');
    expect(said.split("MISSING_PERMISSION")).toHaveLength(2);
  });

  test.each([
    ["the group under the API's name", [policy("AI Gateway Write")], false],
    ["the group under the dashboard's name", [policy("AI Gateway Edit")], false],
    ["the group by its id alone", [policy(null)], false],
    ["the group on all accounts", [policy("AI Gateway Write", "com.cloudflare.api.account.*")], false],
    ["the group on something of an unknown form", [policy("AI Gateway Write", "com.cloudflare.new")], false],
    ["the group on another account", [policy("AI Gateway Write", HERE.replace("023e", "beef"))], true],
    [
      "the group allowed and denied",
      [policy("AI Gateway Write"), policy("AI Gateway Write", HERE, "deny")],
      true,
    ],
    ["no policy at all", [], true],
  ])("%s", async (_, policies, lacks) => {
    expect((await found(policies)).includes("MISSING_PERMISSION")).toBe(lacks);
  });
});
