// Export over a ledger and over files: what is known keeps its address, and what only the id tells apart is said.

import { describe, expect, test } from "vitest";
import { type ExportInput, exportLive, listExported } from "../../../src/engine/export.ts";
import type { LiveResource } from "../../../src/model/live.ts";
import { providers } from "../../../src/providers/index.ts";
import { declare, entry, inSeconds, ledgerOf, live, liveState } from "./kit.ts";

const kinds = providers.flatMap((provider) => provider.kinds);

function exported(resources: readonly LiveResource[], more: Partial<ExportInput> = {}) {
  return exportLive({
    kinds,
    live: liveState(resources, {}),
    ledger: null,
    declared: [],
    selection: { selectors: [], rules: kinds.map(({ rules }) => rules) },
    with_defaults: false,
    reserved_env: new Set(),
    ...more,
  }).flatMap(listExported);
}

const key = (id: string, name: string): LiveResource => live("vercel.key", id, { name });
const rule = (id: string, source: string): LiveResource =>
  live("vercel.rule", id, { type: "deny", source }, { name: `deny ${source}` });

describe("an export", () => {
  test("keeps the ledger's addresses, and leaves out earlier ids that go by themselves", () => {
    const ledger = ledgerOf({
      "vercel.key.mine": entry("vercel.key", "k1", {}, { retiring: [{ id: "k0", due: inSeconds(60) }] }),
    });
    const found = exported([key("k0", "ci"), key("k1", "ci"), key("k2", "web")], { ledger });
    expect(found.map(({ address, id }) => [address, id])).toEqual([
      ["vercel.key.mine", "k1"],
      ["vercel.key.web", "k2"],
    ]);
  });

  test("keeps the addresses of files for what they declare, by what makes it one of a kind", () => {
    const declared = [declare("vercel.rule.no-gpt", { type: "deny", source: "a/b" })];
    const found = exported([rule("r1", "a/b"), rule("r2", "c/d")], { declared });
    expect(found.map(({ address }) => address)).toEqual(["vercel.rule.no-gpt", "vercel.rule.deny-c-d"]);
  });

  test("names the others where only the id tells, those of the ledger excepted", () => {
    const three = [key("k1", "ci"), key("k2", "ci"), key("k3", "ci")];
    expect(exported(three).map(({ twins }) => twins)).toEqual([
      ["k2", "k3"],
      ["k1", "k3"],
      ["k1", "k2"],
    ]);
    const ledger = ledgerOf({ "vercel.key.ci": entry("vercel.key", "k1") });
    const rest = exported(three.slice(0, 2), { ledger });
    expect(rest.map(({ twins }) => twins)).toEqual([[], []]);
  });
});
