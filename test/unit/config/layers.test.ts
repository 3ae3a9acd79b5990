import { describe, expect, test } from "vitest";
import { at, document, loadFiles } from "./support.ts";

const base = document(
  "beta:\n  rules:\n    a: { type: deny, source: x/a }\n    b: { type: deny, source: x/b }\n  keys:\n    k: { budget: { limit: 1, period: daily }, deliver: [{ stdout: {} }] }\n",
);

describe("files", () => {
  test("without -f are gateform.yaml or gateform.yml", async () => {
    const { config } = await loadFiles({ "gateform.yml": base });
    expect(config?.sources).toEqual(["gateform.yml"]);
  });

  test("without -f may not be both", async () => {
    const { diagnostics } = await loadFiles({ "gateform.yml": base, "gateform.yaml": base });
    expect(diagnostics).toMatchObject([{ code: "NO_FILE", message: expect.stringContaining("both") }]);
  });

  test.each([
    ["no file at all", [], "there is no gateform.yaml"],
    ["a name without a file", ["nope.yaml"], 'no file "nope.yaml"'],
    ["a pattern without matches", ["*.yml"], 'no file matches "*.yml"'],
    ["a directory without YAML", ["empty"], "holds no *.yaml"],
  ])("%s is an error", async (_, files, message) => {
    const { diagnostics, config } = await loadFiles({ "empty/x.txt": "" }, { files });
    expect(config).toBeUndefined();
    expect(diagnostics).toMatchObject([{ code: "NO_FILE", message: expect.stringContaining(message) }]);
  });

  test("of a directory are its *.yaml and *.yml, sorted, not those below", async () => {
    const { config } = await loadFiles(
      { "d/b.yaml": "beta: {}", "d/a.yml": document(""), "d/c.txt": "no", "d/e/f.yaml": "no: [" },
      { files: ["d"] },
    );
    expect(config?.sources).toEqual(["d/a.yml", "d/b.yaml"]);
  });

  test("of a pattern are all matches, ** at any depth", async () => {
    const { config } = await loadFiles(
      { "d/a.yaml": document(""), "d/x/y/b.yaml": "beta: {}", "d/x/.hidden.yaml": "no: [" },
      { files: ["d/**/*.yaml"] },
    );
    expect(config?.sources).toEqual(["d/a.yaml", "d/x/y/b.yaml"]);
  });

  test.runIf(process.platform === "linux")("are never what the system shows of processes", async () => {
    const { diagnostics } = await loadFiles({}, { files: ["/proc/self/environ"] });
    expect(diagnostics).toMatchObject([
      { code: "FILE_UNREADABLE", message: expect.stringContaining("not a regular file") },
    ]);
  });

  test("- is standard input, and positions say so", async () => {
    const { diagnostics } = await loadFiles(
      {},
      { files: ["-"], stdin: () => Promise.resolve(document("bta: {}")) },
    );
    expect(diagnostics).toMatchObject([{ code: "UNKNOWN_KEY", position: { file: "<stdin>", line: 3 } }]);
  });
});

describe("a later layer", () => {
  const load = (over: string) =>
    loadFiles({ "base.yaml": base, "over.yaml": over }, { files: ["base.yaml", "over.yaml"] });

  test("merges maps and replaces lists and other values", async () => {
    const { config } = await load(
      "stack: other\nbeta: { keys: { k: { budget: { limit: 2 }, deliver: [{ file: { path: p } }] } } }",
    );
    expect(config?.desired.stack).toBe("other");
    const key = config?.desired.resources.find(({ address }) => address === "beta.key.k");
    expect(key?.fields.budget).toEqual({ limit: 2, period: "daily" });
    expect(key?.deliver).toHaveLength(1);
  });

  test("takes away what it marks with $remove", async () => {
    const { config } = await load("beta: { rules: { a: { $remove: true } }, keys: { $remove: true } }");
    expect(config?.desired.resources.map(({ address }) => address)).toEqual(["beta.rule.b"]);
    expect(config?.desired.scopes).toEqual([{ kind: "beta.rule" }]);
  });

  test("cannot remove what no earlier one declares", async () => {
    const { diagnostics } = await load("beta: { rules: { c: { $remove: true } } }");
    expect(diagnostics).toMatchObject([{ code: "NOTHING_TO_REMOVE", position: { file: "over.yaml" } }]);
  });

  test("replaces a secret's source as one value", async () => {
    const { config } = await loadFiles(
      {
        "a.yaml": document("alpha: { account_id: a, api_token: { env: A } }"),
        "sub/b.yaml": "alpha: { api_token: { file: t } }",
      },
      { files: ["a.yaml", "sub/b.yaml"] },
    );
    expect(config?.providers.alpha?.credentials).toEqual({ api_token: { file: "sub/t" } });
  });

  test("gets the blame for a mistake of its own", async () => {
    const { diagnostics } = await load("beta:\n  rules:\n    a: { type: denny }");
    expect(diagnostics).toMatchObject([
      { code: "WRONG_VALUE", address: "beta.rule.a", position: { file: "over.yaml", line: 3 } },
    ]);
  });

  test("leaves a resource where the earlier one declared it", async () => {
    const { config } = await load("beta: { rules: { a: { type: deny } } }");
    expect(config?.locate("beta.rule.a")?.position).toMatchObject({ file: "base.yaml", line: 5 });
    expect(config?.locate("beta.rule.a", "type")?.position).toMatchObject({ file: "over.yaml", line: 1 });
    expect(config?.locate("beta.rule.a", "source")?.position).toMatchObject({
      file: "base.yaml",
      column: 30,
    });
  });
});

describe("the files of one layer", () => {
  test("add up", async () => {
    const { config } = await loadFiles(
      { "d/a.yaml": base, "d/b.yaml": "beta: { rules: { c: { type: deny, source: x/c } } }" },
      { files: ["d"] },
    );
    expect(config?.desired.resources.map(({ address }) => address)).toContain("beta.rule.c");
  });

  test("may not set the same value twice, equal or not", async () => {
    const { diagnostics } = await loadFiles(
      { "d/a.yaml": base, "d/b.yaml": "beta: { rules: { a: { type: deny } } }" },
      { files: ["d"] },
    );
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({ code: "DUPLICATE_VALUE", position: { file: "d/b.yaml" } });
    expect(diagnostics[0]?.message).toContain("d/a.yaml:5:10");
  });

  test("are all read before anything is said: mistakes of all of them appear at once", async () => {
    const { diagnostics } = await loadFiles(
      { "d/a.yaml": document("bta: {}"), "d/b.yaml": "alfa: {}" },
      { files: ["d"] },
    );
    expect(diagnostics.map((item) => [item.position?.file, at(item)])).toEqual([
      ["d/a.yaml", "3:1"],
      ["d/b.yaml", "1:1"],
    ]);
  });
});

describe("defaults", () => {
  test("go under every resource of their kind, and the body wins", async () => {
    const { config } = await loadFiles({
      "gateform.yaml": document(
        "defaults: { beta.key: { budget: { limit: 9, period: daily }, lifecycle: { prevent_destroy: true } } }\nbeta: { keys: { a: {}, b: { budget: { limit: 1 } } } }",
      ),
    });
    expect(config?.desired.resources.map(({ fields, lifecycle }) => [fields.budget, lifecycle])).toEqual([
      [{ limit: 9, period: "daily" }, { prevent_destroy: true }],
      [{ limit: 1, period: "daily" }, { prevent_destroy: true }],
    ]);
  });

  test("need not be complete", async () => {
    const { diagnostics } = await loadFiles({
      "gateform.yaml": document(
        "defaults: { beta.rule: { type: deny }, beta.key: { budget: { period: daily } } }\nbeta: { rules: { a: { source: x/y } }, keys: { k: { budget: { limit: 1 } } } }",
      ),
    });
    expect(diagnostics).toEqual([]);
  });

  test("with mistakes are reported once, not per resource", async () => {
    const { diagnostics } = await loadFiles({
      "gateform.yaml": document(
        "defaults: { beta.rule: { type: denny, sauce: 1 }, beta.rul: {} }\nbeta: { rules: { a: { type: deny, source: x/y }, b: { type: deny, source: x/z } } }",
      ),
    });
    expect(diagnostics.map(({ code }) => code)).toEqual(["WRONG_VALUE", "UNKNOWN_KEY", "UNKNOWN_KEY"]);
  });
});
