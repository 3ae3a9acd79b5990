// What is said before the first write.

import { describe, expect, test } from "vitest";
import type { Plan } from "../../../src/model/plan.ts";
import { cloudflare } from "../../../src/providers/cloudflare/index.ts";
import { type Reaction, serve } from "./answers.ts";
import { readCloudflare } from "./sessions.ts";

interface Given {
  readonly kind?: string;
  readonly name?: string;
  readonly needs?: readonly string[];
}

/** A step on a provider config, unless told otherwise; the name is the slug of a config and the name of a secret. */
function step(action: string, { kind = "cloudflare.provider_config", name = "x", needs = [] }: Given = {}) {
  const config = kind === "cloudflare.provider_config";
  const secret = { $secret: { source: { env: "KEY" } } };
  return {
    id: `${action} ${name}`,
    action,
    kind,
    address: `${kind}.${name}`,
    needs,
    ...(config ? { parent_id: "gw" } : {}),
    expects: {
      state: action === "delete" ? "present" : "absent",
      fields: config ? { provider_slug: name, alias: "default" } : { name },
    },
    ...(action === "delete" ? {} : { body: { fields: config ? { secret } : { value: secret } } }),
  };
}

async function preflight(reaction: Reaction, ...steps: ReturnType<typeof step>[]) {
  const server = await serve(() => reaction);
  const { api } = await readCloudflare({ base_url: server.url, account_id: "a", api_token: "token" });
  // A plan has more members; the preflight looks at the steps alone.
  const found = (await cloudflare.preflight?.(api, { steps } as unknown as Plan)) ?? [];
  return { codes: found.map(({ code, severity }) => `${severity} ${code}`), found, server };
}

const quota = (limit: number, usage: number): Reaction => ({
  status: 200,
  body: { success: true, result: { secrets: { quota: limit, usage } } },
});

describe("the preflight", () => {
  test("asks for no quota when no secret is touched", async () => {
    const { codes, server } = await preflight(quota(0, 0), step("create", { kind: "cloudflare.gateway" }));
    expect(codes).toEqual([]);
    expect(server.received.filter(({ path }) => path.includes("secrets_store"))).toEqual([]);
  });

  test("asks nothing when nothing is written for certain", async () => {
    const { codes, server } = await preflight(quota(0, 0), step("check-secret"), step("forget"));
    expect(codes).toEqual([]);
    expect(server.received).toEqual([]);
  });

  test("passes when the new keys fit", async () => {
    expect((await preflight(quota(100, 98), step("create"), step("create", { name: "y" }))).codes).toEqual(
      [],
    );
  });

  test("counts the room of deletes that come first, over other steps too, and each once", async () => {
    const gone = step("delete", { name: "a" });
    const between = step("update", { name: "b", needs: [gone.id] });
    const made = step("create", { name: "c", needs: [between.id] });
    expect((await preflight(quota(20, 20), gone, between, made)).codes).toEqual([]);
    const second = step("create", { name: "d", needs: [gone.id] });
    const { codes, found } = await preflight(quota(20, 20), gone, between, made, second);
    expect(codes).toEqual(["error SECRETS_QUOTA"]);
    expect(found[0]?.message).toContain(
      "stores 2 new secrets, provider keys included, and the account's Secrets Store has 0 free of 20, and 1 more that the plan itself frees before. Without a place: cloudflare.provider_config.d",
    );
  });

  test("gives each delete's place to the step that has no other", async () => {
    const [a, b] = [step("delete", { name: "a" }), step("delete", { name: "b" })];
    const either = step("create", { name: "c", needs: [a.id, b.id] });
    const onlyFirst = step("create", { name: "d", needs: [a.id] });
    expect((await preflight(quota(20, 20), a, b, either, onlyFirst)).codes).toEqual([]);
  });

  test("does not count a delete that may come later, and says how to have it first", async () => {
    const gone = step("delete", { kind: "cloudflare.secret", name: "old" });
    const { codes, found } = await preflight(quota(20, 20), step("create"), gone);
    expect(codes).toEqual(["error SECRETS_QUOTA"]);
    expect(found[0]).toMatchObject({
      address: "cloudflare.provider_config.x",
      hint: expect.stringContaining("`--target cloudflare.secret.old`"),
    });
  });

  test("does not advise to have the second half of a replacement first", async () => {
    const about = { kind: "cloudflare.secret", name: "renamed" };
    const half = { replacement: "create-first" };
    const made = step("create", about);
    const gone = step("delete", { ...about, needs: [made.id] });
    const { codes, found } = await preflight(quota(20, 20), { ...made, ...half }, { ...gone, ...half });
    expect(codes).toEqual(["error SECRETS_QUOTA"]);
    expect(found[0]?.hint).not.toContain("--target");
    expect(found[0]?.hint).toContain("beside the old one first: cloudflare.secret.renamed");
  });

  test("counts a config and the secret that goes with it as one place", async () => {
    const config = step("delete", { name: "a" });
    const stored = step("delete", { kind: "cloudflare.secret", name: "gw_a_default" });
    const needs = [config.id, stored.id];
    const made = ["b", "c"].map((name) => step("create", { kind: "cloudflare.secret", name, needs }));
    expect((await preflight(quota(20, 20), config, stored, ...made)).codes).toEqual(["error SECRETS_QUOTA"]);
    expect((await preflight(quota(20, 19), config, stored, ...made)).codes).toEqual([]);
  });

  test("counts no config that only names a stored secret", async () => {
    const named = { ...step("create"), body: { fields: { secret: undefined } } };
    expect((await preflight(quota(20, 20), named as ReturnType<typeof step>)).codes).toEqual([]);
  });

  test("fails with what is there, what is needed and what has no place", async () => {
    const { codes, found } = await preflight(
      quota(100, 99),
      step("create", { name: "a" }),
      step("create", { name: "b" }),
    );
    expect(codes).toEqual(["error SECRETS_QUOTA"]);
    expect(found[0]?.message).toContain("stores 2 new secrets");
    expect(found[0]?.message).toContain("1 free of 100. Without a place: cloudflare.provider_config.b");
  });

  test("names the missing permission group when the read is refused", async () => {
    const refused: Reaction = {
      status: 403,
      body: { success: false, errors: [{ code: 10000, message: "Authentication error" }] },
    };
    const { codes, found } = await preflight(refused, step("update"));
    expect(codes).toEqual(["error MISSING_PERMISSION"]);
    expect(found[0]?.hint).toContain('"Secrets Store Write"');
  });

  test("only warns when the quota cannot be read for another reason", async () => {
    const odd: Reaction = { status: 200, body: { success: true, result: {} } };
    expect((await preflight(odd, step("create"))).codes).toEqual(["warning QUOTA_UNREADABLE"]);
  });
});

describe("what the token in use may do", () => {
  const GROUPS = [
    { id: "g1", name: "AI Gateway Write" },
    { id: "g2", name: "Secrets Store Read" },
  ];

  /** An account that knows `GROUPS`, and a token of it with these; the quota has room. */
  async function codesFor(held: readonly { readonly id: string; readonly name?: string }[], kind: string) {
    const policy = {
      effect: "allow",
      permission_groups: held,
      resources: { "com.cloudflare.api.account.a": "*" },
    };
    const results: Readonly<Record<string, unknown>> = {
      verify: { id: "own" },
      own: { id: "own", name: "ci", policies: [policy] },
      permission_groups: GROUPS,
      quota: { secrets: { quota: 9, usage: 0 } },
    };
    const server = await serve(({ path }) => ({
      status: 200,
      body: { success: true, result: results[path.split("/").at(-1) ?? ""] },
    }));
    const { api } = await readCloudflare({ base_url: server.url, account_id: "a", api_token: "token" });
    const plan = { steps: [step("create", { kind })] } as unknown as Plan; // as above
    return ((await cloudflare.preflight?.(api, plan)) ?? []).map(({ code }) => code);
  }

  test.each([
    ["stops where a group is missing", { id: "g2", name: "Secrets Store Read" }, ["MISSING_PERMISSION"]],
    ["passes for a group by its name", { id: "other", name: "AI Gateway Write" }, []],
    ["passes for a group by its id alone", { id: "g1" }, []],
    ["passes for a group by its id under another name", { id: "g1", name: "AI Gateway Manage" }, []],
  ])("%s", async (_, held, codes) => {
    expect(await codesFor([held], "cloudflare.gateway")).toEqual(codes);
  });

  test("passes where the account knows no group of the name that is needed", async () => {
    expect(await codesFor([{ id: "g9", name: "Secrets Store Edit" }], "cloudflare.secret")).toEqual([]);
  });
});
