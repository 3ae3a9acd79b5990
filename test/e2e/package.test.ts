// What `npm pack` puts into the package: all that a user needs and nothing of how it is made.

import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { root } from "./support.ts";

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
    "dist",
    "schemas",
    "examples",
    "docs",
  ];
  expect([...roots].filter((name) => !allowed.includes(name ?? ""))).toEqual([]);
  expect(packed().filter((path) => /\.gateform|\.ledger|\.map$|(^|\/)out\/|test/.test(path))).toEqual([]);
});
