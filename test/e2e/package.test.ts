// What `npm pack` puts into the package: all that a user needs and nothing of how it is made.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { cliPath, root } from "./support.ts";

interface Packed {
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

let listed: readonly string[] | undefined;

function packed(): readonly string[] {
  listed ??= packList();
  return listed;
}

function packList(): readonly string[] {
  const text = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [first] = JSON.parse(text) as readonly Packed[]; // npm's own shape
  return (first?.files ?? []).map(({ path }) => path);
}

test("the package holds the bundle, types, schemas, examples, docs and licences", () => {
  const files = packed();
  for (const path of [
    "package.json",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "SECURITY.md",
    "dist/cli.js",
    "dist/index.js",
    "dist/types/index.d.ts",
    "dist/THIRD-PARTY-LICENSES.txt",
    "schemas/gateform.schema.json",
    "schemas/gateform.layer.schema.json",
    "schemas/plan.schema.json",
    "schemas/ledger.schema.json",
    "examples/quickstart/gateform.yaml",
    "examples/cloudflare-byok/gateform.yaml",
    "examples/cloudflare-complete/secrets.env",
    "examples/vercel-rules/gateform.yaml",
    "examples/vercel-complete/secrets.env",
    "examples/staging-overlay/staging.yaml",
  ]) {
    expect(files).toContain(path);
  }
});

test("the package holds no sources, tests, ledgers or local state", () => {
  const roots = new Set(packed().map((path) => path.split("/")[0]));
  const allowed = [
    "package.json",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "SECURITY.md",
    "dist",
    "schemas",
    "examples",
    "docs",
  ];
  expect([...roots].filter((name) => !allowed.includes(name ?? ""))).toEqual([]);
  expect(packed().filter((path) => /\.gateform|\.ledger|\.map$|(^|\/)out\/|test/.test(path))).toEqual([]);
});

test("a command loads the HTTP client with its first request, and validate not at all", () => {
  const dist = dirname(cliPath);
  const chunk = (name: string): string =>
    join(
      dist,
      "chunks",
      readdirSync(join(dist, "chunks")).find((file) => file.startsWith(`${name}-`)) ?? name,
    );
  /** Everything that comes with a file by itself. */
  function loaded(paths: readonly string[], known = new Set<string>()): ReadonlySet<string> {
    for (const path of paths.filter((path) => !known.has(path))) {
      known.add(path);
      const text = readFileSync(path, "utf8");
      const imports = [...text.matchAll(/^(?:import|\} from|import \{[^}]*\} from) ?"(\.[^"]+)";$/gm)];
      loaded(
        imports.map(([, from = ""]) => join(dirname(path), from)),
        known,
      );
    }
    return known;
  }
  const client = (paths: ReadonlySet<string>): boolean =>
    [...paths].some((path) => readFileSync(path, "utf8").includes("node_modules/undici/"));
  expect(client(loaded([cliPath, chunk("program"), chunk("validate"), chunk("plan")]))).toBe(false);
  expect(client(loaded([chunk("dispatch")]))).toBe(true);
});
