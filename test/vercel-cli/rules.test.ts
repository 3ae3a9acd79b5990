// `vercel ai-gateway rules`.

import { expect, test } from "vitest";
import { writesOf } from "../e2e/support.ts";
import { withVercel } from "./vercel.ts";

withVercel("rules", [], (cli) => {
  /** Over the API, which is faster. */
  const add = async (rule: object): Promise<string> => {
    const made = await cli.server.vercel("POST", "/ai-gateway/rules", rule);
    return ((await made.json()) as { readonly ruleId: string }).ruleId;
  };
  const DENY = { type: "deny", match: { model: "a/b" } };

  test("add prints the id alone, and with --json the rule", async () => {
    const rewrite = await cli.gateway(
      ...["rules", "add", "--type", "rewrite", "--source", "a/b", "--destination", "c/d"],
      ...["--reason", "r", "--description", "t"],
    );
    const ruleId = rewrite.stdout.trim();
    const deny = await cli.gatewayJson("rules", "add", "--type", "deny", "--source", "q/q", "--json");
    const { rules } = await cli.state();
    expect(rules).toMatchObject([
      { ruleId, type: "rewrite", match: { model: "a/b" }, action: { rewriteModel: "c/d", reason: "r" } },
      { ruleId: deny.ruleId, type: "deny", match: { model: "q/q" }, enabled: true },
    ]);
    expect(rules[0].description).toBe("t");
    expect(rules[1]).not.toHaveProperty("action");
  });

  test("a second rule for the source is refused and leaves the first", async () => {
    await add(DENY);
    const again = await cli.vercel("ai-gateway", "rules", "add", "--type", "deny", "--source", "a/b");
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("already exists")]);
    expect((await cli.state()).rules).toHaveLength(1);
  });

  test("list shows disabled rules when asked", async () => {
    const ruleId = await add({ ...DENY, enabled: false });
    expect(await cli.gatewayJson("rules", "list", "--json")).toEqual({ rules: [] });
    const { rules } = await cli.gatewayJson("rules", "list", "--include-disabled", "--json");
    expect(rules).toMatchObject([{ ruleId, enabled: false }]);
    expect((await cli.gateway("rules", "ls", "--include-disabled")).stdout).toContain("a/b");
  });

  test("edit of one part of the action keeps the other", async () => {
    const ruleId = await add({
      type: "rewrite",
      match: { model: "a/b" },
      action: { rewriteModel: "c/d", reason: "r" },
    });
    await cli.gateway("rules", "edit", ruleId, "--disable");
    await cli.gateway("rules", "edit", ruleId, "--reason", "r2");
    expect((await cli.state()).rules[0]).toMatchObject({
      enabled: false,
      action: { rewriteModel: "c/d", reason: "r2" },
    });
    const change = ["--enable", "--destination", "e/f", "--reason", "r3", "--description", "t2", "--json"];
    const edited = await cli.gatewayJson("rules", "edit", ruleId, ...change);
    expect(edited).toMatchObject({ enabled: true, description: "t2" });
    expect(edited.action).toEqual({ rewriteModel: "e/f", reason: "r3" });
  });

  test("remove deletes softly with one request; the second time it says that there is none", async () => {
    const ruleId = await add(DENY);
    await cli.server.forgetRequests();
    const removed = await cli.gatewayJson("rules", "remove", ruleId, "--yes", "--json");
    expect(removed).toEqual({ ruleId, removed: true });
    // A 204 with a content type would be taken for broken JSON and asked for four times.
    expect(writesOf(await cli.server.requests()).map(({ status }) => status)).toEqual([204]);
    expect((await cli.state()).rules).toMatchObject([{ ruleId, deleted: true }]);
    const again = await cli.vercel("ai-gateway", "rules", "rm", ruleId, "--yes");
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("not found")]);
  });
});
