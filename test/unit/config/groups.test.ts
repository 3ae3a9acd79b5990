// A section that consists of sections: which of them are looked at, what their keys are, and what is wrong with it.

import { describe, expect, test } from "vitest";
import { diagnose, document, loadFiles, loadGood } from "./support.ts";

const quotas = (text: string): string => `beta: { team: t, quotas: ${text} }`;

async function read(text: string) {
  const { desired } = await loadGood(quotas(text));
  return {
    addresses: desired.resources.map(({ address }) => address),
    groups: desired.scopes.map(({ group }) => group),
  };
}

describe("a section of sections", () => {
  test("declares one resource under its own name, and others under a name and a key", async () => {
    const { desired } = await loadGood(
      quotas("{ all: { limit: 1 }, parts: { p: { limit: 2 } }, people: { a+b@c.example: { limit: 3 } } }"),
    );
    expect(desired.resources.map(({ address, fields }) => [address, fields])).toEqual([
      ["beta.quota.all", { of: "all", limit: 1 }],
      ["beta.quota.parts/p", { of: "parts/p", limit: 2 }],
      ["beta.quota.people/a+b@c.example", { of: "people/a+b@c.example", limit: 3 }],
    ]);
  });

  test("is looked at in those sections alone that are there, and an empty one says that there are none", async () => {
    expect(await read("{ parts: {} }")).toEqual({ addresses: [], groups: ["parts"] });
    expect(await read("{ all: {}, people: { a: { limit: 1 } } }")).toEqual({
      addresses: ["beta.quota.people/a"],
      groups: ["all", "people"],
    });
  });

  test("gets what `defaults` says under each of its bodies, and under none where it says that there is none", async () => {
    const { desired } = await loadGood(
      `${quotas("{ all: {}, parts: { p: {} } }")}\ndefaults: { beta.quota: { limit: 7 } }`,
    );
    expect(desired.resources.map(({ address, fields }) => [address, fields.limit])).toEqual([
      ["beta.quota.parts/p", 7],
    ]);
  });

  test("does not say that there is none where a layer takes away the last field of the single one", async () => {
    const load = (...layers: readonly string[]) => {
      const files = layers.map(
        (text, at) => [`${at}.yaml`, at === 0 ? document(quotas(text)) : text] as const,
      );
      return loadFiles(Object.fromEntries(files), { files: files.map(([name]) => name) });
    };
    const over = "beta: { quotas: { all: { limit: { $remove: true } } } }";
    const { diagnostics } = await load("{ all: { limit: 1 } }", over);
    expect(diagnostics).toMatchObject([
      { code: "MISSING_FIELD", message: expect.stringContaining('"limit"') },
    ]);
    const again = await load("{ all: { limit: 1 } }", over, "beta: { quotas: { all: {} } }");
    expect(again.diagnostics).toMatchObject([{ code: "MISSING_FIELD" }]);
    const { config } = await load("{ all: { limit: 1 } }", over, "beta: { quotas: { all: { limit: 2 } } }");
    expect(config?.desired.resources).toMatchObject([{ address: "beta.quota.all", fields: { limit: 2 } }]);
  });

  test("may be moved and removed by addresses of its own form", async () => {
    const { desired } = await loadGood(
      `${quotas("{ parts: { p: { limit: 1 } } }")}\nmoved: [{ from: beta.quota.parts/q, to: beta.quota.parts/p }]\nremoved: [beta.quota.all]`,
    );
    expect([desired.moved, desired.removed]).toEqual([
      [{ from: "beta.quota.parts/q", to: "beta.quota.parts/p" }],
      ["beta.quota.all"],
    ]);
  });

  test.each([
    ["that is empty", "{}", "EMPTY_SECTION", "1:18", "all: {}, parts: {} or people: {}"],
    ["without a value", "null", "NULL_SECTION", "1:18", "all: {}, parts: {} or people: {}"],
    ["in which one has no value", "{ parts: null }", "NULL_SECTION", "1:28", "write parts: {} to say"],
    [
      "in which the single one has no value",
      "{ all: null }",
      "NULL_SECTION",
      "1:28",
      "write all: {} to say that there is none",
    ],
    ["with a name that it does not have", "{ part: {} }", "UNKNOWN_KEY", "1:28", "did you mean parts?"],
    [
      "with a key that does not fit",
      "{ people: { -x: { limit: 1 } } }",
      "BAD_KEY",
      "1:38",
      "an e-mail address",
    ],
    ["with an address as a key", "{ parts: { a@b: { limit: 1 } } }", "BAD_KEY", "1:37", "1 to 128 letters"],
    ["with a body that is none", "{ parts: { p: 5 } }", "WRONG_TYPE", "1:37", "expected a map"],
    [
      "with a resource without a value",
      "{ parts: { p: null } }",
      "NULL_RESOURCE",
      "1:37",
      "write p: { limit: 5 }",
    ],
  ])("%s is an error with its place and what to write", async (_, text, code, place, words) => {
    const [found, ...others] = await diagnose(quotas(text));
    expect(others).toEqual([]);
    const { line, column } = found?.position ?? {};
    expect([found?.code, `${Number(line) - 2}:${column}`]).toEqual([code, place]);
    expect(`${found?.message} ${found?.hint}`).toContain(words);
  });

  test.each([
    "beta.quota.parts",
    "beta.quota.all/x",
    "beta.quota.part/x",
    "beta.quota.x",
    "beta.quota.parts/a/b",
  ])("has no address %s, and the error shows those that it has", async (address) => {
    const [found] = await diagnose(`${quotas("{ all: {} }")}\nremoved: [${address}]`);
    expect(found?.code).toBe("BAD_ADDRESS");
    expect(found?.hint).toBe("write beta.quota.all, beta.quota.parts/KEY or beta.quota.people/KEY");
  });
});
