import { describe, expect, test } from "vitest";
import { CONFIG_CODES } from "../../../src/config/codes.ts";
import { layoutOf } from "../../../src/config/layout.ts";
import { alpha, providers } from "./sample-providers.ts";
import { at, diagnose, loadFiles, loadGood, mistake } from "./support.ts";

const garden = (body: string) => `alpha:\n  account_id: a\n  gardens:\n    a:\n      ${body}`;

describe("the head", () => {
  test("needs version 1 and a stack", async () => {
    const { diagnostics } = await loadFiles({ "gateform.yaml": "version: 2\nbeta: {}\n" });
    expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
      ["MISSING_FIELD", 'the file needs "stack"; expected text'],
      ["WRONG_VALUE", "version is 2; expected 1"],
    ]);
  });

  test("of an empty file is missing everything", async () => {
    const { diagnostics } = await loadFiles({ "gateform.yaml": "# nothing yet\n" });
    expect(diagnostics.map(({ code }) => code)).toEqual(["MISSING_FIELD", "MISSING_FIELD"]);
  });

  test.each(["Acme", "-a", "a b", "a".repeat(64), "ä"])("refuses the stack name %j", async (stack) => {
    const { diagnostics } = await loadFiles({ "gateform.yaml": `version: 1\nstack: "${stack}"\n` });
    expect(diagnostics).toMatchObject([{ code: "WRONG_VALUE" }]);
    expect(diagnostics[0]?.message).toContain("expected 1 to 63 lower-case letters");
  });

  test("gives the policy its defaults", async () => {
    const { desired } = await loadGood("policy: { max_deletes: 2 }");
    expect(desired.policy).toEqual({ prune: "owned", exclusive: [], max_deletes: 2, adopt: false });
  });

  test.each([
    ["alpha.garden", "there is no section", "did you mean alpha.gardens?"],
    [
      "beta.keys",
      "can never be exclusive",
      "it takes alpha.plants, alpha.gardens, beta.rules or beta.quotas",
    ],
  ])("refuses %s as an exclusive section", async (section, message, hint) => {
    const found = await mistake(`policy: { exclusive: [${section}] }`);
    expect(found).toMatchObject({ code: "UNKNOWN_SECTION", message: expect.stringContaining(message), hint });
    expect(at(found)).toBe("3:23");
  });

  test.each([
    ["nonsense", "BAD_ADDRESS", "is no address"],
    ["beta.rull.a", "UNKNOWN_KIND", 'no kind "beta.rull"'],
    ["alpha.plant.a", "BAD_ADDRESS", "has 1 keys; an address of a plant has 2"],
    ['"beta.rule.a b"', "BAD_ADDRESS", "is no address"],
  ])("refuses %s in removed", async (address, code, message) => {
    expect(await mistake(`removed: [${address}]`)).toMatchObject({
      code,
      message: expect.stringContaining(message),
      position: { line: 3, column: 11 },
    });
  });

  test("keeps the addresses of removed", async () => {
    const { desired } = await loadGood("removed: [beta.rule.a, alpha.plant.g/rose]");
    expect(desired.removed).toEqual(["beta.rule.a", "alpha.plant.g/rose"]);
  });

  test("puts the ledger beside the first file, or where a file says, relative to that file", async () => {
    const plain = await loadFiles({ "d/a.yaml": "version: 1\nstack: s\n" }, { files: ["d/a.yaml"] });
    expect(plain.config?.ledger).toEqual({ file: `${plain.cwd}/d/.gateform/s.ledger.json` });
    const named = await loadFiles(
      { "d/a.yaml": "version: 1\nstack: s\n", "e/b.yaml": "ledger: { file: l.json }" },
      { files: ["d/a.yaml", "e/b.yaml"] },
    );
    expect(named.config?.ledger).toEqual({ file: `${named.cwd}/e/l.json` });
  });
});

describe("an unknown key", () => {
  test.each([
    ["in the file", "bta: {}", "3:1", 'unknown key "bta" in the file', "did you mean beta?"],
    [
      "in a block",
      "beta: { rulez: {} }",
      "3:9",
      'unknown key "rulez" in the block beta',
      "did you mean rules?",
    ],
    ["in a body", garden("opne: true"), "7:7", 'unknown key "opne" in a garden', "did you mean open?"],
    [
      "naming a child section",
      garden("plant: {}"),
      "7:7",
      'unknown key "plant" in a garden',
      "did you mean plants?",
    ],
    [
      "in lifecycle",
      garden("lifecycle: { prevent_destory: true }"),
      "7:20",
      'unknown key "prevent_destory" in lifecycle',
      "did you mean prevent_destroy?",
    ],
    [
      "in a nested map",
      garden("limit: { rat: 1, per: 2 }"),
      "7:16",
      'unknown key "rat" in limit',
      "did you mean rate?",
    ],
  ])("%s is shown with the one that was meant", async (_, body, place, message, hint) => {
    const found = await mistake(body);
    expect(found).toMatchObject({ code: "UNKNOWN_KEY", message, hint });
    expect(at(found)).toBe(place);
  });

  test("far from every known one lists those", async () => {
    expect((await mistake("beta: { zzzzzz: 1 }")).hint).toBe(
      "known here: team, token, base_url, rules, quotas or keys",
    );
  });

  test("that is a mistyped required field is one mistake, not two", async () => {
    const found = await diagnose("beta: { rules: { r: { type: deny, surce: a/b } } }");
    expect(found.map(({ code }) => code)).toEqual(["UNKNOWN_KEY"]);
  });

  test("is marked in its line", async () => {
    const found = await mistake(garden("opne: true"));
    expect(found.position).toEqual({ file: "gateform.yaml", line: 7, column: 7, width: 4 });
    expect(found.snippet).toBe("      opne: true");
  });
});

describe("a value", () => {
  test.each([
    ['size: "3"', "WRONG_TYPE", 'size is "3"; expected a whole number', "write it without quotes"],
    ["size: 1.5", "WRONG_TYPE", "size is 1.5; expected a whole number", undefined],
    ["size: -1", "WRONG_VALUE", "size is -1; expected at least 0", undefined],
    ["open: yes", "WRONG_TYPE", 'open is "yes"; expected true or false', "write true"],
    ["colour: gren", "WRONG_VALUE", 'colour is "gren"; expected green or yellow', "did you mean green?"],
    ["tags: [a, b, c, d]", "WRONG_VALUE", "tags is a list; expected at most 3 entries", undefined],
    [
      "tags:",
      "WRONG_TYPE",
      "tags is nothing; expected a list",
      "write [] for an empty one, or remove the line",
    ],
    ["limit: 3", "WRONG_TYPE", "limit is 3; expected true or false or a map", undefined],
    [
      "shape: { type: rond }",
      "WRONG_VALUE",
      'shape.type is "rond"; expected round or square',
      "did you mean round?",
    ],
    ["shape: { type: round }", "MISSING_FIELD", 'shape needs "radius"; expected a number', undefined],
    [
      "hook: { url: x, auth: { env: A } }",
      "WRONG_VALUE",
      'hook.url is "x"; expected a URL, as in https://example.com',
      undefined,
    ],
    ["tags: [a, { b: c }]", "WRONG_TYPE", "tags[1] is a map; expected text", undefined],
  ])("%s gets one message", async (body, code, message, hint) => {
    const found = await mistake(garden(body));
    expect(found.address).toBe("alpha.garden.a");
    expect([found.code, found.message, found.hint]).toEqual([code, message, hint]);
  });

  test("that fails a rule of its kind is shown with the rule's own words", async () => {
    expect(await mistake("beta: { rules: { r: { type: rewrite, source: a/b } } }")).toMatchObject({
      message: "a rewrite needs a destination",
      address: "beta.rule.r",
    });
  });

  test("that is a number for YAML is its source text where the field takes text", async () => {
    const { desired } = await loadGood(garden("tls: 1.0\n      labels: { v: 1.20 }\n      tags: [007]"));
    expect(desired.resources[0]?.fields).toMatchObject({ tls: "1.0", labels: { v: "1.20" }, tags: ["007"] });
  });

  test("that is true or null is not text", async () => {
    expect((await mistake(garden("tags: [true]"))).code).toBe("WRONG_TYPE");
    expect((await mistake(garden("labels: { a: null }"))).code).toBe("WRONG_TYPE");
  });

  test("that is null resets a field that takes null", async () => {
    expect((await loadGood(garden("size: null"))).desired.resources[0]?.fields.size).toBeNull();
  });

  test("that is a reference is refused where none is taken", async () => {
    expect(await mistake(garden("colour: { ref: beta.rule.a }"))).toMatchObject({
      code: "REF_NOT_TAKEN",
      message: "colour takes no reference to another resource; expected green or yellow",
    });
    expect((await mistake(garden("hook: { ref: beta.rule.a }"))).code).toBe("REF_NOT_TAKEN");
  });
});

describe("nothing", () => {
  test("for a section is an error that says what to write", async () => {
    const found = await mistake("beta:\n  rules:");
    expect(found.code).toBe("NULL_SECTION");
    expect(found.hint).toMatch(/write rules: \{\} .* or remove the line/);
    expect(at(found)).toBe("4:3");
  });

  test("for a child section is one too", async () => {
    expect(await mistake(garden("plants: null"))).toMatchObject({
      code: "NULL_SECTION",
      address: "alpha.garden.a",
    });
  });

  test("for a resource is an error that says what to write", async () => {
    const found = await mistake("beta:\n  keys:\n    ci:");
    expect(found).toMatchObject({ code: "NULL_RESOURCE", address: "beta.key.ci" });
    expect(found.hint).toBe("write ci: {} to declare it without settings, or remove the line");
  });

  test("for a block is an error", async () => {
    expect((await mistake("beta:")).code).toBe("WRONG_TYPE");
  });
});

describe("a resource's key", () => {
  test.each(['"a b"', '"a/b"', '"\\e[31m"', '""', '"-a"', `"${"a".repeat(129)}"`])(
    "cannot be %s",
    async (key) => {
      expect((await mistake(`beta: { keys: { ${key}: {} } }`)).code).toBe("BAD_KEY");
    },
  );

  test("must suit its kind", async () => {
    const found = await mistake("alpha: { account_id: a, gardens: { My_Garden: {} } }");
    expect(found).toMatchObject({
      code: "BAD_KEY",
      message: expect.stringContaining("up to 20 lower-case letters"),
    });
  });

  test("may be a number", async () => {
    const { desired } = await loadGood("beta: { keys: { 2026.10: {} } }");
    expect(desired.resources[0]?.address).toBe("beta.key.2026.10");
  });
});

describe("base_url", () => {
  test.each([
    "https://api.beta.example/v1",
    "http://127.0.0.1:8787",
    "http://localhost:1",
    "http://[::1]:80",
  ])("may be %s", async (url) => {
    const { providers: read } = await loadGood(`beta: { base_url: "${url}" }`);
    expect(read.beta?.settings.base_url).toBe(url);
  });

  test.each([
    "https://api.beta.example.evil.example",
    "http://api.beta.example",
    "https://api.beta.example:8443",
    "http://127.0.0.1.evil.example",
    "https://evil@api.beta.example",
    "file:///etc/passwd",
    "not a url",
  ])("may not be %s", async (url) => {
    const found = await mistake(`beta: { base_url: "${url}" }`);
    expect(found.code).toBe("FOREIGN_BASE_URL");
    expect(found.hint).toContain("BETA_BASE_URL");
  });
});

test("all mistakes of a file are reported at once, in the order of the lines", async () => {
  const found = await diagnose(
    "beta:\n  rules:\n    a: { type: denny, source: a/b }\n    b:\n  keys:\n    c: { budget: 3 }\nbta: {}",
  );
  expect(found.map((item) => `${item.position?.line} ${item.code}`)).toEqual([
    "5 WRONG_VALUE",
    "6 NULL_RESOURCE",
    "8 WRONG_TYPE",
    "9 UNKNOWN_KEY",
  ]);
});

test("every code is explained in the table", async () => {
  const found = await diagnose("beta: { rules: { a: { type: 1, ref: x }, b: null }, x: 1 }\nremoved: [1, x]");
  for (const { code } of found) expect(Object.keys(CONFIG_CODES)).toContain(code);
});

test("descriptors that want the same key are our own mistake", () => {
  const twice = { ...alpha, kinds: [...alpha.kinds, ...alpha.kinds] };
  expect(() => layoutOf([twice])).toThrow("two things want the key");
  expect(() => layoutOf(providers)).not.toThrow();
});
