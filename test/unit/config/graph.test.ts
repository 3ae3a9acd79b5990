import { describe, expect, test } from "vitest";
import { at, diagnose, loadGood, mistake } from "./support.ts";

const find = (config: Awaited<ReturnType<typeof loadGood>>, address: string) =>
  config.desired.resources.find((resource) => resource.address === address);

describe("resources", () => {
  test("are sorted by address and know their parent and place", async () => {
    const config = await loadGood(
      "beta:\n  keys: { z: {}, a: {} }\nalpha:\n  account_id: a\n  gardens:\n    g:\n      plants:\n        rose: {}\n",
    );
    expect(config.desired.resources.map(({ address }) => address)).toEqual([
      "alpha.garden.g",
      "alpha.plant.g/rose",
      "alpha.store.default",
      "beta.key.a",
      "beta.key.z",
    ]);
    expect(find(config, "alpha.plant.g/rose")).toMatchObject({
      kind: "alpha.plant",
      parent: "alpha.garden.g",
      needs: ["alpha.garden.g"],
      position: { line: 10, column: 9, width: 4 },
    });
  });

  test("get the fields that come from their key, and declared ones win", async () => {
    const config = await loadGood(
      "alpha: { account_id: a, gardens: { g: { plants: { rose: { alias: b }, tulip: { slug: tulipa } } } } }",
    );
    expect(find(config, "alpha.plant.g/rose")?.fields).toEqual({ slug: "rose", alias: "b" });
    expect(find(config, "alpha.plant.g/tulip")?.fields).toEqual({ slug: "tulipa", alias: "default" });
  });

  test("can only ignore changes of fields that they have", async () => {
    const found = await mistake(
      "beta: { keys: { a: { name: n, lifecycle: { ignore_changes: [name, nmae.x] } } } }",
    );
    expect(found).toMatchObject({ code: "UNKNOWN_FIELD", address: "beta.key.a", hint: "did you mean name?" });
    expect(at(found)).toBe("3:67");
  });

  test("keep lifecycle apart from their fields", async () => {
    const config = await loadGood(
      "beta: { keys: { a: { name: n, lifecycle: { prevent_destroy: true, on_remove: retain } } } }",
    );
    expect(find(config, "beta.key.a")).toMatchObject({
      fields: { name: "n" },
      lifecycle: { prevent_destroy: true, on_remove: "retain" },
    });
  });
});

describe("sections", () => {
  test("are in scope when they are there, also empty, and per parent", async () => {
    const { desired } = await loadGood(
      "beta: { rules: {} }\nalpha: { account_id: a, gardens: { g: { plants: {} }, h: {} } }",
    );
    expect(desired.scopes).toEqual([
      { kind: "beta.rule" },
      { kind: "alpha.garden" },
      { kind: "alpha.plant", parent: "alpha.garden.g" },
    ]);
  });

  test("that are left out are not in scope", async () => {
    expect((await loadGood("beta: {}")).desired.scopes).toEqual([]);
  });
});

describe("implied resources", () => {
  const text =
    "alpha: { account_id: a, gardens: { g: { plants: { rose: {} } }, h: { plants: { rose: {} } }, i: { store_id: s, plants: { rose: {} } } } }";

  test("appear once, in scope, and are needed by what implies them", async () => {
    const config = await loadGood(text);
    const stores = config.desired.resources.filter(({ kind }) => kind === "alpha.store");
    expect(stores).toMatchObject([
      { address: "alpha.store.default", implied: true, needs: [], fields: { name: "default_store" } },
    ]);
    expect(find(config, "alpha.garden.h")).toMatchObject({
      needs: ["alpha.store.default"],
      fields: { store_id: { $ref: "alpha.store.default" } },
    });
    expect(stores[0]?.position).toEqual(find(config, "alpha.garden.g")?.position);
    expect(config.desired.scopes.filter(({ kind }) => kind === "alpha.store")).toHaveLength(1);
  });

  test("do not replace a field that the file sets", async () => {
    expect(find(await loadGood(text), "alpha.garden.i")).toMatchObject({
      needs: [],
      fields: { store_id: "s" },
    });
  });
});

describe("needs", () => {
  test("are the parent, references and what plain values name, if it is declared", async () => {
    const config = await loadGood(
      "beta: { rules: { r: { type: rewrite, source: a/b, destination: key/ci } }, keys: { ci: {}, k: { rule_id: { ref: beta.rule.r } } } }",
    );
    expect(find(config, "beta.rule.r")?.needs).toEqual(["beta.key.ci"]);
    expect(find(config, "beta.key.k")?.needs).toEqual(["beta.rule.r"]);
    expect(find(config, "beta.key.k")?.fields.rule_id).toEqual({ $ref: "beta.rule.r" });
    const alone = await loadGood(
      "beta: { rules: { r: { type: rewrite, source: a/b, destination: key/ci } } }",
    );
    expect(find(alone, "beta.rule.r")?.needs).toEqual([]);
  });

  test.each([
    ["to nothing declared", "beta.rule.rr", "UNKNOWN_REF", "did you mean beta.rule.r?"],
    ["of the wrong kind", "beta.key.k", "BAD_REF", "write the whole address of a declared resource"],
    ["that is no address", "beta.rule.a b", "BAD_REF", "write the kind and the keys, as in beta.rule.name"],
  ])("refuse a reference %s", async (_, ref, code, hint) => {
    const found = await mistake(
      `beta:\n  rules: { r: { type: deny, source: a/b } }\n  keys: { k: { rule_id: { ref: "${ref}" } } }`,
    );
    expect(found).toMatchObject({ code, hint, address: "beta.key.k" });
    expect(at(found)).toBe("5:32");
  });
});

describe("clashes", () => {
  test("of identity in one parent are an error that names both places", async () => {
    const found = await mistake(
      "beta:\n  rules:\n    a: { type: deny, source: x/y }\n    b: { type: deny, source: x/y }",
    );
    expect(found).toMatchObject({ code: "DUPLICATE_IDENTITY", address: "beta.rule.b" });
    expect(found.message).toBe(
      "beta.rule.b stands for the same rule as beta.rule.a (gateform.yaml:5:5): equal source",
    );
    expect(at(found)).toBe("6:5");
  });

  test("of identity do not reach over parents", async () => {
    await loadGood(
      "alpha: { account_id: a, gardens: { g: { plants: { x: {} } }, h: { plants: { x: {} } } } }",
    );
  });

  test("of a name that the vendor derives reach over parents", async () => {
    const found = await mistake(
      "alpha: { account_id: a, gardens: { g: { plants: { p: { slug: a_b } } }, g_a: { plants: { q: { slug: b } } } } }",
    );
    expect(found).toMatchObject({ code: "DUPLICATE_NAME", address: "alpha.plant.g_a/q" });
    expect(found.message).toContain(
      'the same stored name, "g_a_b_default", as alpha.plant.g/p (gateform.yaml:3:',
    );
  });

  test("of the place of delivery are an error", async () => {
    const keys = (a: string, b: string) =>
      `beta: { keys: { a: { deliver: [{ file: ${a} }] }, b: { deliver: [{ file: ${b} }] } } }`;
    expect((await mistake(keys("{ path: k }", "{ path: ./k }"))).code).toBe("DUPLICATE_SINK");
    expect((await mistake(keys("{ path: k, format: json }", "{ path: k }"))).code).toBe("DUPLICATE_SINK");
    expect(
      (await mistake(keys("{ path: k, format: json, name: X }", "{ path: k, format: json, name: X }"))).code,
    ).toBe("DUPLICATE_SINK");
    await loadGood(keys("{ path: k, format: json }", "{ path: k, format: json }"));
  });

  test("of the program that gets a value are an error, unless its arguments differ", async () => {
    const keys = (a: string, b: string) =>
      `beta: { keys: { a: { deliver: [{ command: { argv: ${a} } }] }, b: { deliver: [{ command: { argv: ${b} } }] } } }`;
    const found = await mistake(keys("[put, x]", "[put, x]"));
    expect(found).toMatchObject({ code: "DUPLICATE_SINK", address: "beta.key.b" });
    expect(found.message).toContain("the same place as beta.key.a (gateform.yaml:3:");
    await loadGood(keys("[put, x]", "[put, y]"));
  });

  test("of the place of delivery with a file that gateform reads are an error", async () => {
    const key = (path: string) => `beta: { keys: { a: { deliver: [{ file: { path: ${path} } }] } } }`;
    const ledger = "ledger: { file: state/l.json }\n";
    expect((await mistake(key("./gateform.yaml"))).code).toBe("RESERVED_SINK");
    expect((await mistake(ledger + key("state/l.json"))).code).toBe("RESERVED_SINK");
    await loadGood(ledger + key("state/l.key"));
  });
});

describe("deliver", () => {
  const deliver = (sink: string) => `beta: { keys: { ci: { deliver: [${sink}] } } }`;
  const vercel = (variable: string) => `{ vercel_env: ${variable} }`;

  test("to Vercel is sensitive unless it says otherwise, with targets in one order", async () => {
    const config = await loadGood(
      deliver(
        `${vercel("{ project: web, targets: [preview, production] }")}, ${vercel("{ project: api, team: acme, name: k, type: encrypted, targets: [development], token: { env: T } }")}`,
      ),
    );
    expect(config.desired.resources[0]?.deliver).toEqual([
      {
        vercel_env: {
          project: "web",
          name: "CI",
          type: "sensitive",
          targets: ["production", "preview"],
          token: { env: "VERCEL_TOKEN" },
        },
      },
      {
        vercel_env: {
          project: "api",
          team: "acme",
          name: "k",
          type: "encrypted",
          targets: ["development"],
          token: { env: "T" },
        },
      },
    ]);
  });

  test.each([
    ["{ project: web }", 'needs "targets"'],
    ["{ project: web, targets: [] }", "an empty list"],
    ["{ project: web, targets: [development] }", "for development, write type: encrypted"],
    ["{ project: web, type: plain, targets: [production] }", 'is "plain"; expected sensitive or encrypted'],
    ["{ project: .., targets: [production] }", "expected a project's id or name"],
    ["{ project: web, name: A-B, targets: [production] }", "expected a variable's name"],
  ])("to Vercel as %s is one message", async (variable, words) => {
    expect((await mistake(deliver(vercel(variable)))).message).toContain(words);
  });

  test("twice to one place from one key is called so", async () => {
    const sink = vercel("{ project: web, targets: [production] }");
    expect(await mistake(deliver(`${sink}, ${sink}`))).toMatchObject({
      code: "DUPLICATE_SINK",
      message: expect.stringContaining("beta.key.ci is delivered twice to the same place"),
    });
  });

  test("to one variable of Vercel from two keys is an error where they share a target", async () => {
    const two = (a: string, b: string) => {
      const sink = (targets: string) => vercel(`{ project: web, name: K, targets: ${targets} }`);
      return `beta: { keys: { a: { deliver: [${sink(a)}] }, b: { deliver: [${sink(b)}] } } }`;
    };
    expect((await mistake(two("[production, preview]", "[preview]"))).code).toBe("DUPLICATE_SINK");
    await loadGood(two("[production]", "[preview]"));
  });

  const github = (secret: string) => `{ github_actions_secret: ${secret} }`;

  test("to GitHub gets a name made from the key, in capitals, and a token of the environment", async () => {
    const config = await loadGood(
      deliver(
        `${github("{ repository: acme/web }")}, ${github("{ repository: acme/web, environment: production, name: key, token: { file: t } }")}`,
      ),
    );
    expect(config.desired.resources[0]?.deliver).toEqual([
      { github_actions_secret: { repository: "acme/web", name: "CI", token: { env: "GITHUB_TOKEN" } } },
      {
        github_actions_secret: {
          repository: "acme/web",
          environment: "production",
          name: "KEY",
          token: { file: "t" },
        },
      },
    ]);
  });

  test.each([
    ["{ repository: acme }", "expected owner/name, as in acme/web"],
    ["{ repository: acme/.. }", "expected owner/name, as in acme/web"],
    ["{ repository: acme/web, environment: .. }", "expected an environment's name"],
    ["{ repository: acme/web, name: GITHUB_KEY }", "not GITHUB_"],
    [
      "{ repository: acme/web, visibility: all }",
      'key "visibility" in deliver[0].github_actions_secret does not go',
    ],
    ["{ organization: acme }", 'needs "visibility"'],
    ["{ organization: acme, visibility: selected }", 'needs "selected_repository_ids"'],
    ["{ organization: acme, visibility: none }", "visibility"],
  ])("to GitHub as %s is one message", async (secret, words) => {
    expect((await mistake(deliver(github(secret)))).message).toContain(words);
  });

  test("with a token that is written out is refused, and the token is not repeated", async () => {
    const found = await diagnose(
      deliver(github("{ repository: acme/web, token: ghp_0aB1cD2eF3gH4iJ5kL6m }")),
    );
    expect(JSON.stringify(found)).toContain("LITERAL_SECRET");
    expect(JSON.stringify(found)).not.toContain("ghp_0aB1");
  });

  test("to one secret of GitHub from two keys is an error, in whatever case of letters", async () => {
    const two = (a: string, b: string) =>
      `beta: { keys: { a: { deliver: [${github(a)}] }, b: { deliver: [${github(b)}] } } }`;
    const found = await mistake(
      two("{ repository: acme/web, name: K }", "{ repository: Acme/Web, name: k }"),
    );
    expect(found).toMatchObject({ code: "DUPLICATE_SINK" });
    await loadGood(
      two("{ repository: acme/web, name: K }", "{ repository: acme/web, name: K, environment: e }"),
    );
  });

  test("gives a program its arguments, and no variable that is not named", async () => {
    const [only, all] = await Promise.all(
      [
        "{ command: { argv: [put, x] } }",
        "{ command: { argv: [put], env: [A], check: [look], undo: [take] } }",
      ].map(async (sink) => (await loadGood(deliver(sink))).desired.resources[0]?.deliver),
    );
    expect(only).toEqual([{ command: { argv: ["put", "x"], env: [] } }]);
    expect(all).toEqual([{ command: { argv: ["put"], env: ["A"], check: ["look"], undo: ["take"] } }]);
  });

  test("with a mistyped sink is one message, and so is one with two sinks in one entry", async () => {
    const typo = await mistake(deliver("{ comand: { argv: [put] } }"));
    expect(typo).toMatchObject({ code: "UNKNOWN_KEY", hint: "did you mean command?" });
    const two = await mistake(deliver("{ command: { argv: [put] }, file: { path: a } }"));
    expect(two.message).toContain('key "command" in deliver[0] does not go with "file"');
  });

  test("gets paths from the working directory and names made from the key", async () => {
    const config = await loadGood(
      "beta: { keys: { web-ci.2: { deliver: [{ file: { path: out/a } }, { file: { path: /b, format: dotenv } }, { stdout: {} }] } } }",
    );
    expect(config.desired.resources[0]?.deliver).toEqual([
      { file: { path: "out/a", format: "raw" } },
      { file: { path: "/b", format: "dotenv", name: "WEB_CI_2" } },
      { stdout: {} },
    ]);
  });

  test("is known only where the vendor shows a value once", async () => {
    const found = await mistake(
      "beta: { rules: { a: { type: deny, source: x/y, deliver: [{ stdout: {} }] } } }",
    );
    expect(found.code).toBe("UNKNOWN_KEY");
  });

  test.each([
    ["[]", "WRONG_VALUE"],
    ["[{ fil: { path: a } }]", "UNKNOWN_KEY"],
    ["[{ file: { format: raw } }]", "MISSING_FIELD"],
    ["[{ file: { path: a, name: a-b } }]", "WRONG_VALUE"],
    ["{ file: { path: a } }", "WRONG_TYPE"],
  ])("as %s is refused", async (deliver, code) => {
    expect((await mistake(`beta: { keys: { a: { deliver: ${deliver} } } }`)).code).toBe(code);
  });
});

describe("codes under silence", () => {
  const garden = (codes: string) =>
    `alpha:\n  account_id: a\n  gardens:\n    g:\n      lifecycle: { silence: [${codes}] }\n`;

  test("are those of checks; another one is warned of at its place, with the one that was meant", async () => {
    expect(await diagnose(garden("YELLOW_FADES"))).toEqual([]);
    const found = await mistake(garden("YELLOW_FADES, YELOW_FADES"));
    expect(found).toMatchObject({ severity: "warning", code: "UNKNOWN_CODE", address: "alpha.garden.g" });
    expect(found.hint).toBe("did you mean YELLOW_FADES?");
    expect(at(found)).toBe("7:44");
  });

  test("of plans cannot be silenced", async () => {
    const found = await mistake(garden("NOT_OWNED"));
    expect(found).toMatchObject({ code: "UNKNOWN_CODE", hint: "one of YELLOW_FADES, or remove it" });
  });
});

test("a field's place is found for later diagnostics, else the nearest thing around it", async () => {
  const config = await loadGood("beta:\n  keys:\n    a:\n      budget: { limit: 3 }\n");
  expect(config.locate("beta.key.a", "budget.limit")).toEqual({
    position: { file: "gateform.yaml", line: 6, column: 24, width: 1 },
    snippet: "      budget: { limit: 3 }",
  });
  expect(config.locate("beta.key.a", "budget.period")?.position).toMatchObject({ line: 6, column: 7 });
  expect(config.locate("beta.key.a", "name")?.position).toMatchObject({ line: 5, column: 5 });
  expect(config.locate("beta.key.b")).toBeUndefined();
});
