// Budgets of the team, its projects and its users: names become ids, one thing is declared once however it is spelled,
// and what a name could mean is safe while nobody can tell what it means. That budgets take effect stands with the
// other effects.

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import type { Plan } from "../../src/model/plan.ts";
import { expectConverged, expectEmpty, openStage, type Stage, writes } from "./stage.ts";

const member = (id: string, username: string, email: string) => ({ id, username, email });
const MEMBERS = [
  member("uidAda", "ada", "ada@acme.example"),
  member("uidAdam", "adam", "adam@acme.example"),
  member("uidEve", "eve", "ada"),
  member("ZspSRT4ljIEEmMHgoDwKWDei", "zed", "zed@acme.example"),
  member("uidMallory", "ZspSRT4ljIEEmMHgoDwKWDei", "mallory@acme.example"),
];

async function open(switches = {}): Promise<Stage> {
  const stage = await openStage({ profile: "live", env: {}, server: { switches } }, onTestFinished);
  const { vercel } = await stage.state();
  const [{ id = "" } = {}] = vercel.teams;
  const memberships = [{ team_id: id, role: "MEMBER" }];
  const projects = [
    { id: "prj_1", name: "web", teamId: id },
    { id: "prj_2", name: "docs", teamId: id },
  ];
  const users = [...vercel.users, ...MEMBERS.map((user) => ({ ...user, memberships }))];
  await stage.vendors.control("PUT", "/state", { vercel: { ...vercel, users, projects } });
  return stage;
}

async function declared(stage: Stage, budgets: JsonObject, top: JsonObject = {}): Promise<Stage> {
  await stage.declare({ vercel: { budgets } }, top);
  return stage;
}

async function applied(budgets: JsonObject, switches = {}): Promise<Stage> {
  const stage = await declared(await open(switches), budgets);
  expectConverged(await stage.apply({ allow_deletes: 5 }));
  return stage;
}

const refusals = (plan: Plan) => plan.refused.map(({ address, code }) => [address, code]);
const actions = (plan: Plan) => plan.steps.map(({ action, address }) => `${action} ${address}`);
const owners = async (stage: Stage) =>
  (await stage.state()).vercel.budgets.flatMap(({ archived, scopeId }) => (archived ? [] : [scopeId]));

describe("a key", () => {
  test.each([
    ["projects", "web", "prj_1"],
    ["projects", "prj_2", "prj_2"],
    ["users", "adam", "uidAdam"],
    ["users", "ADAM@acme.example", "uidAdam"],
    ["users", "uidEve", "uidEve"],
    // The user name of somebody else.
    ["users", "ZspSRT4ljIEEmMHgoDwKWDei", "ZspSRT4ljIEEmMHgoDwKWDei"],
  ])("of %s may be %s", async (group, name, id) => {
    const stage = await applied({ [group]: { [name]: { limit: 5 } } });
    expect(await owners(stage)).toEqual([id]);
    expectEmpty(await stage.plan());
  });

  test.each(["native", "usr_prefixed"] as const)(
    "finds the budget of its user in a list that names users by %s ids",
    async (user_scope_id) => {
      const stage = await applied({ users: { adam: { limit: 5 } } }, { user_scope_id });
      expectEmpty(await stage.plan());
      await declared(stage, { users: { adam: { limit: 6 } } });
      expectConverged(await stage.apply());
      await declared(stage, { users: {} });
      expectConverged(await stage.apply({ allow_deletes: 1 }));
      expect(await owners(stage)).toEqual([]);
    },
  );

  test.each([
    ["projects", "shop", 'no project with the name or id "shop"'],
    ["users", "zoe", 'no member with the name, e-mail address or id "zoe"'],
    ["users", "ada", "several members of the team, with the ids uidAda, uidEve"],
  ])(
    "of %s that is %s stands for nothing certain, and is refused with the reason",
    async (group, name, words) => {
      const stage = await declared(await open(), { team: { limit: 9 }, [group]: { [name]: { limit: 5 } } });
      const plan = await stage.plan();
      expect(refusals(plan)).toEqual([[`vercel.budget.${group}/${name}`, "NAME_NOT_FOUND"]]);
      expect(plan.refused[0]?.message).toContain(words);
      expect(plan.refused[0]?.position).toMatchObject({ file: expect.stringContaining("gateform.yaml") });
      expect(actions(plan)).toEqual(["create vercel.budget.team"]);
    },
  );

  test("that is spelled in two ways is refused in both, and nothing is done to either", async () => {
    const stage = await declared(await open(), { projects: { web: { limit: 5 }, prj_1: { limit: 6 } } });
    const plan = await stage.plan();
    expect(refusals(plan)).toEqual([
      ["vercel.budget.projects/prj_1", "SPELLED_TWICE"],
      ["vercel.budget.projects/web", "SPELLED_TWICE"],
    ]);
    expect(plan.steps).toEqual([]);
  });

  test("that is spelled in another way keeps its budget: the ledger's entry moves", async () => {
    const stage = await applied({ projects: { web: { limit: 5 } }, users: { adam: { limit: 5 } } });
    const before = writes(await stage.requests()).length;
    await declared(stage, {
      projects: { prj_1: { limit: 5 } },
      users: { "adam@acme.example": { limit: 5 } },
    });
    const plan = await stage.plan();
    expect(plan.steps.map(({ action, from, address }) => [action, from, address])).toEqual([
      ["record", "vercel.budget.projects/web", "vercel.budget.projects/prj_1"],
      ["record", "vercel.budget.users/adam", "vercel.budget.users/adam@acme.example"],
    ]);
    expectConverged(await stage.applySaved(plan));
    expectEmpty(await stage.plan());
    expect(writes(await stage.requests())).toHaveLength(before);
  });

  test("is not renamed by `moved`: whether two keys mean the same is found out", async () => {
    const moved = [{ from: "vercel.budget.users/adam", to: "vercel.budget.users/adam@acme.example" }];
    const stage = await declared(await open(), { users: { "adam@acme.example": { limit: 5 } } }, { moved });
    await expect(stage.plan()).rejects.toThrow(/MOVED_KEY_IS_ID.*remove this line: what is only spelled/);
  });

  test("that now stands for another project replaces the budget of the one before", async () => {
    const stage = await applied({ projects: { web: { limit: 5 } } });
    const state = (await stage.state()) as unknown as JsonObject;
    const vercel = state.vercel as JsonObject;
    const [web, docs] = vercel.projects as JsonObject[];
    const projects = [
      { ...web, name: "old-web" },
      { ...docs, name: "web" },
    ];
    await stage.vendors.control("PUT", "/state", { ...state, vercel: { ...vercel, projects } });
    const plan = await stage.plan();
    expect(plan.steps.map(({ action, reason }) => [action, reason])).toEqual([
      ["create", "replaced"],
      ["delete", "replaced"],
    ]);
    expectConverged(await stage.apply({ allow_deletes: 1 }));
    expect(await owners(stage)).toEqual(["prj_2"]);
  });
});

describe("while nobody can tell what a key stands for", () => {
  const down = { path: "/v9/projects/", effect: { kind: "status", status: 500, when: "before" } } as const;

  test("what is owned under it is not touched, and the rest goes on when asked to", async () => {
    const stage = await applied({ team: { limit: 9 }, projects: { web: { limit: 5 } } });
    await declared(stage, { team: { limit: 10 }, projects: { web: { limit: 6 } } });
    await stage.fault(down);
    const plan = await stage.plan();
    expect(refusals(plan)).toEqual([["vercel.budget.projects/web", "READ_INCOMPLETE"]]);
    expect(actions(plan)).toEqual(["update vercel.budget.team"]);
    expect(plan.unmanaged).toEqual([]);
  });

  test("what may be meant by another spelling is not removed", async () => {
    const stage = await applied({ projects: { web: { limit: 5 } } });
    await declared(stage, { projects: { prj_1: { limit: 5 } } });
    await stage.fault(down);
    const plan = await stage.plan({ allow_deletes: 5 });
    expect(refusals(plan)).toEqual([
      ["vercel.budget.projects/prj_1", "READ_INCOMPLETE"],
      ["vercel.budget.projects/web", "READ_INCOMPLETE"],
    ]);
    expect(plan.steps).toEqual([]);
    await stage.clearFaults();
    expect(actions(await stage.plan())).toEqual(["record vercel.budget.projects/prj_1"]);
  });

  test("nothing that it may stand for is replaced", async () => {
    const stage = await applied({ users: { adam: { limit: 5 }, uidEve: { limit: 6 } } });
    const state = (await stage.state()) as unknown as JsonObject;
    const vercel = state.vercel as JsonObject;
    const [adam, eve] = [
      member("uidAdam", "adam-x", "adam@acme.example"),
      member("uidEve", "adam", "e@acme.example"),
    ];
    const renamed = (user: JsonObject) => ({ ...user, ...[adam, eve].find(({ id }) => id === user.id) });
    const users = (vercel.users as JsonObject[]).map(renamed);
    await stage.vendors.control("PUT", "/state", { ...state, vercel: { ...vercel, users } });
    await declared(stage, { users: { adam: { limit: 6 }, "adam-y": { limit: 5 } } });
    const plan = await stage.plan({ allow_deletes: 5 });
    expect(plan.steps).toEqual([]);
    expect(refusals(plan)).toEqual([
      ["vercel.budget.users/adam", "NAME_NOT_FOUND"],
      ["vercel.budget.users/adam-y", "NAME_NOT_FOUND"],
      ["vercel.budget.users/uidEve", "NAME_NOT_FOUND"],
    ]);
    await declared(stage, { users: { adam: { limit: 6 }, "adam-x": { limit: 5 } } });
    expect((await stage.plan()).steps.map(({ action }) => action)).toEqual(["record", "record"]);
  });

  test("an adoption of all says that this one was not adopted", async () => {
    const stage = await applied({ team: { limit: 9 }, users: { adam: { limit: 5 } } });
    await stage.loseLedger();
    await declared(stage, { team: { limit: 9 }, users: { adan: { limit: 5 } } });
    const { adopted, refused } = await stage.adopt({ patterns: ["*"] });
    expect(adopted.map(({ address }) => address)).toEqual(["vercel.budget.team"]);
    expect(refused).toMatchObject([{ address: "vercel.budget.users/adan", code: "NAME_NOT_FOUND" }]);
  });

  test("an exclusive section takes nothing away", async () => {
    const stage = await applied({ team: { limit: 9 } });
    await stage.vendors.vercel("PUT", "/ai-gateway/budgets", {
      scopeType: "project",
      projectId: "prj_1",
      limitAmount: 5,
    });
    const exclusive = { policy: { exclusive: ["vercel.budgets"] } };
    await declared(stage, { team: { limit: 9 }, projects: { web: { limit: 5 } } }, exclusive);
    await stage.fault(down);
    expect((await stage.plan({ allow_deletes: 5 })).steps).toEqual([]);
    await stage.clearFaults();
    await declared(stage, { team: { limit: 9 }, projects: {} }, exclusive);
    expect((await stage.plan({ allow_deletes: 5 })).steps).toMatchObject([{ action: "delete" }]);
  });
});

describe("a section of budgets", () => {
  const all = { team: { limit: 9 }, projects: { web: { limit: 5 } }, users: { adam: { limit: 5 } } };

  test("that is left out is not looked at, whoever has something in it", async () => {
    const stage = await applied(all);
    await stage.loseLedger();
    await declared(stage, { projects: {} }, { policy: { exclusive: ["vercel.budgets"] } });
    const { unmanaged } = await stage.plan();
    expect(unmanaged.map(({ id }) => id)).toEqual(["project:prj_1"]);
  });

  test("that is left out while the ledger has something in it is refused, and the way out is named", async () => {
    const stage = await applied(all);
    await declared(stage, { team: { limit: 9 }, users: {} });
    const plan = await stage.plan({ allow_deletes: 1 });
    expect(refusals(plan)).toEqual([["vercel.budget.projects/web", "OUT_OF_SCOPE"]]);
    expect(plan.refused[0]?.hint).toContain("`budgets: { projects: {} }`");
    expect(actions(plan)).toEqual(["delete vercel.budget.users/adam"]);
  });

  test("that is left out is looked at by a destroy where a run was cut off in it", async () => {
    const stage = await applied(all);
    const path = join(stage.directory, ".gateform/contract.ledger.json");
    const ledger = JSON.parse(await readFile(path, "utf8"));
    const address = "vercel.budget.users/adam";
    const known = ledger.resources[address];
    const intent = {
      identity: "vercel.budget /identity user uidAdam",
      known_ids: [],
      not_before: 0,
      not_after: Date.now() + 60_000,
      creator: null,
    };
    ledger.resources[address] = { ...known, status: "creating", id: null, intent };
    await writeFile(path, JSON.stringify(ledger));
    await declared(stage, { team: { limit: 9 } });
    expectConverged(await stage.apply({ destroy: true, allow_deletes: 3 }));
    expect(await owners(stage)).toEqual([]);
  });

  test("holds no row that a default gives, none of an API key, none that is archived", async () => {
    const stage = await applied({ team: {}, projects: {}, users: {} });
    const put = (path: string, body: JsonObject) =>
      stage.vendors.vercel("PUT", `/ai-gateway/budgets${path}`, body);
    for (const scopeType of ["team", "project", "user", "api-key"])
      await put("/defaults", { scopeType, limitAmount: 3 });
    await put("", { scopeType: "project", projectId: "prj_1", limitAmount: 5 });
    await stage.vendors.vercel("DELETE", "/ai-gateway/budgets?scopeType=project&projectId=prj_1");
    await stage.vendors.vercel("POST", "/v1/api-keys", {
      name: "ci",
      purpose: "ai-gateway",
      aiGatewayQuota: { limitAmount: 5, refreshPeriod: "none" },
    });
    const plan = await stage.plan();
    expectEmpty(plan);
    expect(plan.unmanaged).toEqual([]);
  });

  test("that was archived behind the file's back is set again", async () => {
    const stage = await applied(all);
    await stage.vendors.vercel("DELETE", "/ai-gateway/budgets?scopeType=user&userId=uidAdam");
    const plan = await stage.plan();
    expect(plan.steps).toMatchObject([
      { action: "create", address: "vercel.budget.users/adam", reason: "vanished" },
    ]);
    expectConverged(await stage.apply());
    expect(await owners(stage)).toHaveLength(3);
  });

  test("is exported by ids, with every section, and plans to nothing", async () => {
    const stage = await applied(all);
    const { diagnostics } = await stage.exportAll(false);
    expect(diagnostics.filter(({ severity }) => severity !== "note")).toEqual([]);
    await stage.loseLedger();
    await stage.adopt({ patterns: ["*"] });
    expectEmpty(await stage.plan());
    expect(Object.keys((await stage.ledger())?.resources ?? {}).sort()).toEqual([
      "vercel.budget.projects/prj_1",
      "vercel.budget.team",
      "vercel.budget.users/uidAdam",
    ]);
  });

  test("is exported under the names that the ledger has for its budgets", async () => {
    const stage = await applied(all);
    await stage.exportAll(false, await stage.ledger());
    expectEmpty(await stage.plan());
  });
});
