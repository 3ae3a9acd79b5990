// gateform takes over what Vercel's CLI has made.

import { expect, onTestFinished, test } from "vitest";
import { json, workspace, writesOf } from "../e2e/support.ts";
import { withVercel } from "./vercel.ts";

withVercel("what the CLI makes", [], (cli) => {
  test("is exported and adopted as it is, and plans to nothing", async () => {
    await cli.gateway(
      ...["rules", "add", "--type", "rewrite", "--source", "a/b", "--destination", "c/d"],
      ...["--reason", "r", "--description", "t"],
    );
    await cli.gateway("rules", "add", "--type", "deny", "--source", "q/q");
    await cli.gateway(
      ...["api-keys", "create", "--name", "ci", "--limit", "500", "--refresh-period", "monthly"],
      ...["--alert-thresholds", "50,75"],
    );
    await cli.gateway("virtual-models", "create", "fast", "--model", "openai/gpt-5.1", "--description", "d");
    await cli.gateway("budgets", "set", "user", "--default", "--limit", "5", "--refresh-period", "daily");
    await cli.gateway("budgets", "set", "team", "--limit", "900");
    await cli.gateway("budgets", "set", "project", "web", "--limit", "30", "--refresh-period", "weekly");
    await cli.gateway("budgets", "set", "user", "owner@acme.example", "--limit", "20");
    const work = workspace(cli.server);
    onTestFinished(work.remove);
    await cli.server.forgetRequests();
    const exported = await work.run(["export", "vercel", "--stack", "acme", "--out", "gateform.yaml"]);
    expect(exported.code, exported.stderr).toBe(0);
    for (const text of [
      "a/b",
      "c/d",
      "q/q",
      "limit: 500",
      "gpt-5.1",
      "limit: 5\n",
      "limit: 900",
      "limit: 30",
    ])
      expect(work.read("gateform.yaml")).toContain(text);
    const adopted = await work.run(["adopt", "--all", "--output", "json"]);
    expect(adopted.code, adopted.stderr).toBe(0);
    expect(json(adopted).adopted).toHaveLength(8);
    const planned = await work.run(["plan", "--detailed-exitcode", "--output", "json"]);
    expect(planned.code, planned.stderr).toBe(0);
    expect(json(planned)).toMatchObject({ steps: [], unmanaged: [] });
    expect(writesOf(await cli.server.requests())).toEqual([]);
  });
});
