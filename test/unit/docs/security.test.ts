// What docs/security.md says of permissions and packages is what kinds, manifest and lock file say.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { providers } from "../../../src/providers/index.ts";
import { root, textOf } from "./pages.ts";

const page = textOf("docs/security.md");

describe("the tables of permissions", () => {
  const kinds = providers.flatMap((provider) => provider.kinds.map(({ rules }) => rules));
  const rows = new Map(
    [...page.matchAll(/^\| `((?:cloudflare|vercel)\.\w+)` \| (.+?) \| (.+?) \|$/gm)].map(
      ([, kind = "", read = "", write = ""]) => [kind, { read, write }] as const,
    ),
  );

  test("have every kind", () => {
    expect([...rows.keys()].toSorted()).toEqual(kinds.map(({ kind }) => kind).toSorted());
  });

  test.each(
    kinds.flatMap(({ kind, write_permission }) =>
      write_permission === undefined ? [] : [[kind, write_permission] as const],
    ),
  )("say of %s what its messages say", (kind, permission) => {
    const words = permission
      .replaceAll(/the (?:role|permission) /g, "")
      .replace("AiGatewayBudgetManager", "AI Gateway Budget Manager");
    expect(rows.get(kind)?.write).toBe(words);
    if (words.endsWith(" Write")) expect(rows.get(kind)?.read).toContain(words.replace(/Write$/, "Read"));
  });
});

describe("the supply chain", () => {
  type Package = { readonly dev?: true; readonly integrity?: string; readonly hasInstallScript?: true };
  // The lock file's own form, version 3.
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, Package>;
  };
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const locked = Object.entries(packages).filter(([path]) => path !== "");
  const shipped = locked.filter(([, { dev }]) => dev !== true);

  test("at run time has as many packages as the page says, and those", () => {
    const counted = /There are (\d+) direct dependencies .* (\d+) packages: (.+)\.$/m.exec(page);
    expect(counted?.slice(1, 3)).toEqual([
      String(Object.keys(manifest.dependencies).length),
      String(shipped.length),
    ]);
    const named = [...(counted?.[3] ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => `node_modules/${name}`);
    expect(named.toSorted()).toEqual(shipped.map(([path]) => path).toSorted());
  });

  test("has a SHA-512 of every package", () => {
    expect(locked.filter(([, { integrity }]) => integrity?.startsWith("sha512-") !== true)).toEqual([]);
  });

  test("runs no install script but that of esbuild, which is not shipped", () => {
    const scripted = locked.filter(([, { hasInstallScript }]) => hasInstallScript === true);
    expect(scripted.map(([path, { dev }]) => [path, dev])).toEqual([["node_modules/esbuild", true]]);
    const own = Object.keys(manifest.scripts).filter((name) => /^(?:pre|post)?install$/.test(name));
    expect(own).toEqual([]);
  });
});
