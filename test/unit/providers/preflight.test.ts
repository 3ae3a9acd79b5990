// What is said before the first write.

import { describe, expect, test } from "vitest";
import type { Plan } from "../../../src/model/plan.ts";
import { cloudflare } from "../../../src/providers/cloudflare/index.ts";
import { type Reaction, serve } from "./answers.ts";
import { readCloudflare } from "./sessions.ts";

const step = (action: string, kind = "cloudflare.provider_config") => ({
  action,
  kind,
  address: `${kind}.x`,
});

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
  test("asks nothing when no provider config is touched", async () => {
    const { codes, server } = await preflight(quota(0, 0), step("create", "cloudflare.gateway"));
    expect(codes).toEqual([]);
    expect(server.received).toEqual([]);
  });

  test("passes when the new keys fit", async () => {
    expect((await preflight(quota(100, 98), step("create"), step("create"))).codes).toEqual([]);
  });

  test("counts the room that deletes make", async () => {
    expect((await preflight(quota(100, 100), step("create"), step("delete"))).codes).toEqual([]);
  });

  test("fails with both numbers when the new keys do not fit", async () => {
    const { codes, found } = await preflight(quota(100, 99), step("create"), step("create"));
    expect(codes).toEqual(["error SECRETS_QUOTA"]);
    expect(found[0]?.message).toContain("99 of 100");
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
