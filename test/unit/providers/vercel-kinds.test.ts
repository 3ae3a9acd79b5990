// The Vercel kinds through their real clients against the reference server, in both of its profiles.

import { describe, expect, onTestFinished, test } from "vitest";
import type { ProviderError } from "../../../src/provider/error.ts";
import { key } from "../../../src/providers/vercel/kinds/key.ts";
import { rule } from "../../../src/providers/vercel/kinds/rule.ts";
import { type ReferenceServerOptions, startReferenceServer } from "../../../src/reference-server/index.ts";
import { type Events, readVercel, writeVercel } from "./sessions.ts";

async function start(options: ReferenceServerOptions = {}) {
  const server = await startReferenceServer(options);
  onTestFinished(() => server.close());
  const events: Events = [];
  const session = await writeVercel(server.connection.vercel, events);
  return { api: session.api, session, events, ...server.connection };
}

async function refusal(work: Promise<unknown> | undefined): Promise<ProviderError> {
  return (work ?? Promise.resolve()).then(
    () => Promise.reject(new Error("nothing was refused")),
    (error: ProviderError) => error,
  );
}

describe("a connection", () => {
  test("resolves the team's slug to its id and names the token's user", async () => {
    const { session } = await start();
    expect(session.account).toMatch(/^team_/);
    expect(session.actor).toMatch(/\S/);
  });

  test("to a team that the token does not reach is refused, and the team is named", async () => {
    const { vercel } = await start();
    const error = await refusal(readVercel({ ...vercel, team: "strangers" }));
    expect(error.message).toContain('"strangers"');
  });

  test.each([401, 403] as const)("with a bad token, answered %s, fails as authentication", async (status) => {
    const { vercel } = await start({ switches: { invalid_token_status: status } });
    const error = await refusal(readVercel({ ...vercel, token: "wrong-token-value" }));
    expect(error.refused).toBe("authentication");
    expect(error.message).not.toContain("wrong-token-value");
  });

  test("for reading has no write methods", async () => {
    const { vercel } = await start();
    expect(Object.keys((await readVercel(vercel)).api)).toEqual(["team", "get"]);
  });
});

describe.each(["live", "spec"] as const)("a key, profile %s", (profile) => {
  const budget = { limit: 500, refresh_period: "monthly", include_byok: true, alert_thresholds: [50, 100] };

  test("reads back as it was written", async () => {
    const { api, session } = await start({ profile });
    const metadata = { spend_attribution: "team", zdr_exempt: true, bypass_all_settings: true };
    const fields = {
      name: "ci",
      project_id: "prj_1",
      expires_at: "2027-06-30T00:00:00Z",
      ...metadata,
      budget,
    };
    const { live, once } = await key.api.create(api, { fields });
    expect(live.fields).toEqual(fields);
    expect(once?.reveal()).toMatch(/^vck_/);
    expect(live.created_by).toBe(session.actor);
    expect(await key.api.get?.(api, { id: live.id })).toEqual(live);
    expect((await key.api.list(api, {})).resources).toEqual([live]);
  });

  test("without a budget has none in every answer", async () => {
    const { api } = await start({ profile });
    const { live } = await key.api.create(api, { fields: { name: "ci", budget: null } });
    const none = { spend_attribution: null, zdr_exempt: false, bypass_all_settings: false };
    expect(live.fields).toEqual({ name: "ci", project_id: null, expires_at: null, ...none, budget: null });
    expect((await key.api.get?.(api, { id: live.id }))?.fields).toEqual(live.fields);
  });

  test("changes its name and one member of its budget in place, and nothing else", async () => {
    const { api } = await start({ profile });
    const { live } = await key.api.create(api, { fields: { name: "ci", budget } });
    const after = await key.api.update?.(api, {
      id: live.id,
      fields: { name: "ci-2", budget: { limit: 250 } },
      changed: ["name", "budget.limit"],
    });
    expect(after?.id).toBe(live.id);
    expect(after?.fields).toMatchObject({ name: "ci-2", budget: { ...budget, limit: 250 } });
    expect((await key.api.list(api, {})).resources).toEqual([after]);
  });

  test("loses its budget, and gets another one, which has nothing of the first", async () => {
    const { api } = await start({ profile });
    const { live } = await key.api.create(api, { fields: { name: "ci", budget } });
    const change = (value: unknown) =>
      key.api.update?.(api, { id: live.id, fields: { budget: value } as never, changed: ["budget"] });
    expect((await change(null))?.fields.budget).toBeNull();
    expect((await key.api.get?.(api, { id: live.id }))?.fields.budget).toBeNull();
    await change({ limit: 7, include_byok: true });
    expect((await key.api.get?.(api, { id: live.id }))?.fields.budget).toEqual({
      limit: 7,
      refresh_period: "none",
      include_byok: true,
      alert_thresholds: [],
    });
  });

  test("whose budget is removed twice is no error", async () => {
    const { api } = await start({ profile });
    const { live } = await key.api.create(api, { fields: { name: "ci" } });
    const after = await key.api.update?.(api, {
      id: live.id,
      fields: { budget: null },
      changed: ["budget"],
    });
    expect(after?.fields.budget).toBeNull();
  });

  test("that was deleted is null to get and can be deleted again", async () => {
    const { api } = await start({ profile });
    const { live } = await key.api.create(api, { fields: { name: "ci" } });
    await key.api.delete?.(api, { id: live.id });
    expect(await key.api.get?.(api, { id: live.id })).toBeNull();
    await expect(key.api.delete?.(api, { id: live.id })).resolves.toBeUndefined();
  });
});

describe("a key", () => {
  test("whose answer lacks the quota gets its budget from the list", async () => {
    const { api } = await start({ switches: { quota_in_get: false }, pageSize: 1 });
    for (const name of ["a", "b", "c"]) {
      const { live } = await key.api.create(api, { fields: { name, budget: { limit: 5 } } });
      expect((await key.api.get?.(api, { id: live.id }))?.fields.budget).toMatchObject({ limit: 5 });
    }
  });

  test("update reports the written budget while reads still show the old one", async () => {
    const { api } = await start({ switches: { quota_lag_ms: 60_000 } });
    const { live } = await key.api.create(api, { fields: { name: "ci", budget: { limit: 5 } } });
    const after = await key.api.update?.(api, {
      id: live.id,
      fields: { budget: { limit: 6 } },
      changed: ["budget.limit"],
    });
    expect(after?.fields.budget).toMatchObject({ limit: 6 });
  });

  test("that cannot be renamed gets its budget all the same, and the refusal says what to write", async () => {
    const { api } = await start({ switches: { key_rename: false } });
    const { live } = await key.api.create(api, { fields: { name: "ci" } });
    const fields = { name: "other", budget: { limit: 6 } };
    const work = key.api.update?.(api, { id: live.id, fields, changed: ["name", "budget"] });
    const error = await refusal(work);
    expect([error.refused, error.outcome]).toEqual(["invalid", "not-applied"]);
    expect(error.message).toContain("give name the value that it had");
    expect((await key.api.get?.(api, { id: live.id }))?.fields).toMatchObject({
      name: "ci",
      budget: { limit: 6 },
    });
  });

  test("list over many small pages is complete", async () => {
    const { api } = await start({ pageSize: 2 });
    const names = ["a", "b", "c", "d", "e"];
    for (const name of names) await key.api.create(api, { fields: { name } });
    const listing = await key.api.list(api, {});
    expect(listing.complete).toBe(true);
    expect(listing.resources.map(({ name }) => name).sort()).toEqual(names);
  });

  test("list that is cut says so", async () => {
    const { api } = await start({
      faults: [{ method: "GET", path: "/api-keys$", effect: { kind: "cut_list", keep: 1 } }],
    });
    for (const name of ["a", "b"]) await key.api.create(api, { fields: { name } });
    expect((await key.api.list(api, {})).complete).toBe(false);
  });

  test("beyond the team's number of keys is refused as a limit, without waiting", async () => {
    const { api, events } = await start({ switches: { max_keys: 0 } });
    expect((await refusal(key.api.create(api, { fields: { name: "a" } }))).refused).toBe("limit");
    expect(events.filter(({ method }) => method === "POST")).toHaveLength(1);
  });

  test("whose create fails after the commit is of unknown outcome and sent once", async () => {
    const { api, events } = await start({
      faults: [{ method: "POST", effect: { kind: "status", status: 500, when: "after" } }],
    });
    const error = await refusal(key.api.create(api, { fields: { name: "a" } }));
    expect([error.refused, error.outcome]).toEqual(["unavailable", "unknown"]);
    expect(events.filter(({ method }) => method === "POST")).toHaveLength(1);
    expect((await key.api.list(api, {})).resources).toHaveLength(1);
  });

  test("whose value is missing from the answer is of unknown outcome", async () => {
    const { api } = await start({ faults: [{ method: "POST", effect: { kind: "malformed" } }] });
    const error = await refusal(key.api.create(api, { fields: { name: "a" } }));
    expect([error.refused, error.outcome]).toEqual(["malformed", "unknown"]);
  });

  test("value stands in no text that is made of the answer", async () => {
    const { api, events } = await start();
    const created = await key.api.create(api, { fields: { name: "a" } });
    const value = created.once?.reveal() ?? "none";
    expect(JSON.stringify([created, events])).not.toContain(value.slice(0, 12));
  });

  test("that is gone cannot be updated", async () => {
    const { api } = await start();
    const work = key.api.update?.(api, { id: "key_none", fields: { name: "b" }, changed: ["name"] });
    expect((await refusal(work)).refused).toBe("not-found");
  });
});

describe.each(["live", "spec"] as const)("a rule, profile %s", (profile) => {
  const rewrite = {
    type: "rewrite",
    source: "a/b",
    destination: "c/d",
    reason: "cost",
    description: "note",
    enabled: true,
  };

  test("reads back as it was written", async () => {
    const { api, session } = await start({ profile });
    const { live } = await rule.api.create(api, { fields: rewrite });
    expect(live.fields).toEqual(rewrite);
    expect(live.created_by).toBe(session.actor);
    expect(await rule.api.list(api, {})).toEqual({ complete: true, resources: [live] });
  });

  test("that denies has neither destination nor reason unless they are given", async () => {
    const { api } = await start({ profile });
    const { live } = await rule.api.create(api, { fields: { type: "deny", source: "a/b", reason: null } });
    expect(live.fields).toEqual({
      type: "deny",
      source: "a/b",
      destination: null,
      reason: null,
      description: null,
      enabled: true,
    });
  });

  test("that is declared disabled is disabled and still listed", async () => {
    const { api } = await start({ profile });
    const { live } = await rule.api.create(api, { fields: { ...rewrite, enabled: false } });
    expect(live.fields.enabled).toBe(false);
    expect((await rule.api.list(api, {})).resources).toEqual([live]);
  });

  test.each([
    ["destination", "e/f"],
    ["reason", "speed"],
    ["reason", null],
    ["description", "other"],
    ["description", null],
    ["enabled", false],
  ])("changes %s to %s and nothing else", async (name, value) => {
    const { api } = await start({ profile });
    const { live } = await rule.api.create(api, { fields: rewrite });
    const fields = { ...rewrite, [name]: value };
    const after = await rule.api.update?.(api, { id: live.id, fields, changed: [name] });
    expect(after?.fields).toEqual(fields);
  });

  test("that was deleted is not listed and can be deleted again", async () => {
    const { api } = await start({ profile });
    const { live } = await rule.api.create(api, { fields: rewrite });
    await rule.api.delete?.(api, { id: live.id });
    expect((await rule.api.list(api, {})).resources).toEqual([]);
    await expect(rule.api.delete?.(api, { id: live.id })).resolves.toBeUndefined();
  });

  test("for a source that has one is refused as existing", async () => {
    const { api } = await start({ profile });
    await rule.api.create(api, { fields: rewrite });
    expect((await refusal(rule.api.create(api, { fields: rewrite }))).refused).toBe("exists");
  });
});

describe("a rule", () => {
  test("list follows a cursor where there is one", async () => {
    const { api } = await start({ pageSize: 1 });
    for (const source of ["a/1", "a/2", "a/3"]) {
      await rule.api.create(api, { fields: { type: "deny", source } });
    }
    const listing = await rule.api.list(api, {});
    expect(listing.complete).toBe(true);
    expect(listing.resources.map(({ fields }) => fields.source)).toEqual(["a/1", "a/2", "a/3"]);
  });

  const off = { fields: { type: "deny", source: "a/b", enabled: false } };
  const failing = (method: "PATCH" | "DELETE", status: number) =>
    ({ method, effect: { kind: "status", status, when: "before" } }) as const;

  test("that cannot be switched off is deleted again, and its create refused with what Vercel said", async () => {
    const { api } = await start({ faults: [failing("PATCH", 403)] });
    const error = await refusal(rule.api.create(api, off));
    expect([error.refused, error.outcome, error.status]).toEqual(["permission", "not-applied", 403]);
    expect(error.message).toContain("it was deleted again");
    expect((await rule.api.list(api, {})).resources).toEqual([]);
  });

  test("that cannot be switched off nor deleted is reported enabled, with its id and why", async () => {
    const { api } = await start({ faults: [failing("PATCH", 400), failing("DELETE", 400)] });
    const { live, note } = await rule.api.create(api, off);
    expect(live.fields.enabled).toBe(true);
    expect(note).toContain("switching it off was refused");
    expect((await rule.api.list(api, {})).resources).toEqual([live]);
  });
});
