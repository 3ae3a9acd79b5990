// `vercel ai-gateway budgets`, `virtual-models` and `models`.

import { expect, test } from "vitest";
import { type Vercel, withVercel } from "./vercel.ts";

/** Set up over the API, which is faster, where the command itself is not what a test is about. */
async function addKey(cli: Vercel, name: string): Promise<string> {
  const made = await cli.server.vercel("POST", "/v1/api-keys", { purpose: "ai-gateway", name });
  return ((await made.json()) as { readonly apiKey: { readonly id: string } }).apiKey.id;
}

async function addModel(cli: Vercel, more: object = {}): Promise<void> {
  const body = { virtualModelSlug: "fast", modelSlug: "openai/gpt-5.1", ...more };
  await cli.server.vercel("POST", "/ai-gateway/virtual-model-configs", body);
}

/** A budget of everything that can have one. */
async function setAll(cli: Vercel): Promise<void> {
  const id = await addKey(cli, "ci");
  const { projects, users } = await cli.state();
  const put = (subject: object) =>
    cli.server.vercel("PUT", "/ai-gateway/budgets", { ...subject, limitAmount: 5 });
  await put({ scopeType: "team" });
  await put({ scopeType: "project", projectId: projects[0].id });
  await put({ scopeType: "user", userId: users[0].id });
  await cli.server.vercel("PATCH", `/v1/api-keys/${id}/quota`, { limitAmount: 5 });
}

withVercel("budgets", [], (cli) => {
  test("set finds team, project by name, user by address and key by name", async () => {
    await addKey(cli, "ci");
    await cli.gateway("budgets", "set", "team", "--limit", "500");
    await cli.gateway("budgets", "set", "project", "web", "--limit", "30", "--refresh-period", "daily");
    await cli.gateway("budgets", "set", "user", "owner@acme.example", "--limit", "20");
    await cli.gateway("budgets", "set", "api-key", "ci", "--limit", "50", "--refresh-period", "weekly");
    const { budgets, teams, projects, users, keys } = await cli.state();
    expect(budgets).toMatchObject([
      { scopeType: "team", scopeId: teams[0].id, limitAmount: 500, refreshPeriod: "monthly" },
      { scopeType: "project", scopeId: projects[0].id, limitAmount: 30, refreshPeriod: "daily" },
      { scopeType: "user", scopeId: users[0].id, limitAmount: 20 },
    ]);
    expect(keys[0].quota).toMatchObject({ limitAmount: 50, refreshPeriod: "weekly", active: true });
  });

  test("list and inspect show each by its name", async () => {
    await setAll(cli);
    const list = await cli.gatewayJson("budgets", "list", "--json");
    expect(list.budgets.map(({ scopeType }: { scopeType: string }) => scopeType)).toEqual([
      ...["team", "project", "user", "api-key"],
    ]);
    const table = (await cli.gateway("budgets", "ls")).stdout;
    for (const name of ["acme", "web", "owner", "ci"]) expect(table).toContain(name);
    expect((await cli.gateway("budgets", "inspect", "user", "owner")).stderr).toContain("$5");
    expect((await cli.gatewayJson("budgets", "inspect", "team", "--json")).limitAmount).toBe(5);
  });

  test("a key's budget is set by its id; a name of two keys is refused", async () => {
    const id = await addKey(cli, "ci");
    await addKey(cli, "ci");
    await cli.gateway("budgets", "set", "api-key", id, "--limit", "50");
    const { keys } = await cli.state();
    expect(keys.map(({ quota }: { quota: object | null }) => quota !== null)).toEqual([true, false]);
    const refused = await cli.vercel("ai-gateway", "budgets", "set", "api-key", "ci", "--limit", "5");
    expect(refused.code).toBe(1);
  });

  test("remove archives, and takes a key's budget from it", async () => {
    await setAll(cli);
    for (const words of [["team"], ["project", "web"], ["user", "owner"], ["api-key", "ci"]]) {
      await cli.gateway("budgets", "remove", ...words, "--yes");
    }
    const state = await cli.state();
    expect(state.budgets.map(({ archived }: { archived: boolean }) => archived)).toEqual([true, true, true]);
    expect(state.keys[0].quota.archived).toBe(true);
    expect(await cli.gatewayJson("budgets", "list", "--json")).toEqual({ budgets: [] });
  });

  test("defaults are set, listed with what they cover, and removed", async () => {
    await addKey(cli, "ci");
    await cli.gateway("budgets", "set", "api-key", "--default", "--limit", "7");
    await cli.gateway("budgets", "set", "user", "--default", "--limit", "5", "--refresh-period", "daily");
    expect((await cli.state()).budget_defaults).toMatchObject([
      { scopeType: "api-key", limitAmount: 7 },
      { scopeType: "user", limitAmount: 5, refreshPeriod: "daily" },
    ]);
    const table = (await cli.gateway("budgets", "list", "--defaults")).stdout;
    expect(table).toMatch(/api-key +\$7 +monthly +1 api key/);
    expect(table).toMatch(/user +\$5 +daily +1 team member/);
    expect((await cli.gateway("api-keys", "list")).stdout).toContain("(default)");
    await cli.gateway("budgets", "remove", "user", "--default", "--yes");
    expect((await cli.state()).budget_defaults).toMatchObject([{ scopeType: "api-key" }]);
  });
});

withVercel("virtual models", [], (cli) => {
  test("create makes an alias with everything that the options say", async () => {
    const config = {
      sort: "cost",
      observabilityTags: ["chat"],
      providerTimeouts: { byok: { openai: 8000 } },
    };
    const made = await cli.gateway(
      ...["virtual-models", "create", "my-model", "--model", "openai/gpt-5.1", "--display-name", "Mine"],
      ...["--description", "d", "--provider-order", "azure,openai", "--provider-only", "azure,openai"],
      ...["--config", JSON.stringify(config)],
    );
    expect(made.stdout).toBe("my-model\n");
    expect((await cli.state()).virtual_models).toMatchObject([
      {
        virtualModelSlug: "my-model",
        kind: "alias",
        modelSlug: "openai/gpt-5.1",
        displayName: "Mine",
        description: "d",
        providerOrder: ["azure", "openai"],
        providerOnly: ["azure", "openai"],
        ...config,
      },
    ]);
  });

  test("create of a relay takes its URL from --config", async () => {
    const config = ["--config", JSON.stringify({ baseUrl: "https://relay.example/v1" })];
    await cli.gateway("virtual-models", "create", "r", "--model", "a/b", "--kind", "relay", ...config);
    expect((await cli.state()).virtual_models).toMatchObject([{ kind: "relay" }]);
  });

  test("edit changes what it is given; inspect and list show it", async () => {
    await addModel(cli, { description: "d" });
    const config = ["--config", '{"sort":"ttft"}'];
    await cli.gateway("virtual-models", "edit", "fast", "--model", "openai/gpt-5.5", ...config);
    const found = await cli.gatewayJson("virtual-models", "inspect", "fast", "--json");
    expect(found).toMatchObject({ modelSlug: "openai/gpt-5.5", description: "d", sort: "ttft" });
    const { virtualModels } = await cli.gatewayJson("virtual-models", "list", "--json");
    expect(virtualModels).toEqual([found]);
    const models = await cli.gatewayJson("models", "list", "--virtual", "--json");
    expect(models.models).toMatchObject([{ id: "vmc/fast", type: "virtual" }]);
  });

  test("remove archives, restore brings it back", async () => {
    await addModel(cli);
    await cli.gateway("virtual-models", "remove", "fast");
    expect((await cli.state()).virtual_models).toMatchObject([{ deleted: true, status: "archived" }]);
    const gone = await cli.vercel("ai-gateway", "virtual-models", "inspect", "fast");
    expect([gone.code, gone.stderr]).toEqual([1, expect.stringContaining("not found")]);
    await cli.gateway("virtual-models", "restore", "fast");
    expect((await cli.state()).virtual_models).toMatchObject([{ deleted: false, status: "active" }]);
  });

  test("archived ones are listed only when asked, where the server lists them", async () => {
    await cli.server.setSwitches({ deleted_virtual_models_listed: true });
    await addModel(cli);
    await cli.gateway("virtual-models", "rm", "fast");
    const list = ["virtual-models", "list", "--json"];
    expect((await cli.gatewayJson(...list)).virtualModels).toEqual([]);
    const all = await cli.gatewayJson(...list, "--include-archived");
    expect(all.virtualModels).toMatchObject([{ status: "archived" }]);
  });
});

withVercel("models", [], (cli) => {
  test("list has those of the gateway and the virtual ones; endpoints has the providers of one", async () => {
    await addModel(cli);
    const list = async (...words: readonly string[]): Promise<string[]> => {
      const { models } = await cli.gatewayJson("models", "list", ...words, "--json");
      return models.map(({ id }: { id: string }) => id);
    };
    const all = await list();
    expect(all).toContain("vmc/fast");
    const [model = ""] = await list("--no-virtual");
    expect(all).toContain(model);
    const { endpoints } = await cli.gatewayJson("models", "endpoints", model, "--json");
    expect(endpoints[0].provider_name).toMatch(/^[a-z]+/);
  });
});
