// The house of design §8: parts on floors, imports downwards only, the reference server an island.

import { describe, expect, test } from "vitest";
import { importsOf, sources, strip } from "./sources.ts";

const FLOORS: Readonly<Record<string, number>> = {
  base: 0,
  model: 1,
  engine: 2,
  render: 2,
  provider: 3,
  ledger: 3,
  config: 4,
  providers: 4,
  app: 5,
  cli: 6,
  "index.ts": 6,
};

const ISLAND = "reference-server";

/** What a part may import beside our own; `node:*` allows every module of Node's. */
const OUTSIDE: Readonly<Record<string, readonly string[]>> = {
  base: ["node:crypto"],
  model: [],
  engine: [],
  render: ["diff"],
  provider: ["zod", "undici", "node:util", "node:http", "node:https", "node:net"],
  ledger: ["zod", "node:*"],
  config: ["zod", "yaml", "node:fs/promises", "node:path"],
  providers: ["zod"],
  app: ["libsodium-wrappers", "node:*"],
  cli: ["commander", "node:*"],
  "index.ts": [],
  [ISLAND]: ["zod", "node:*"],
};

const files = sources();

function mayImport(part: string, other: string): boolean {
  if (part === other) return true;
  if (part === ISLAND) return false;
  if (other === ISLAND) return part === "cli" || part === "index.ts";
  return (FLOORS[other] ?? Number.POSITIVE_INFINITY) < (FLOORS[part] ?? Number.NEGATIVE_INFINITY);
}

describe("the floors", () => {
  test("hold every file of the source", () => {
    const homeless = files.filter((file) => FLOORS[file.part] === undefined && file.part !== ISLAND);
    expect(homeless.map((file) => file.path)).toEqual([]);
    expect(files.length).toBeGreaterThan(100);
  });

  test("are only ever left downwards: no part imports a higher one, nor another one on its own floor", () => {
    const upwards = files.flatMap((file) =>
      file.imports
        .filter((item) => item.ours && !mayImport(file.part, item.part))
        .map((item) => `${file.path} imports ${item.from}`),
    );
    expect(upwards).toEqual([]);
  });

  test("import nothing from outside but what belongs there", () => {
    const strange = files.flatMap((file) => {
      const allowed = OUTSIDE[file.part] ?? [];
      return file.imports
        .filter((item) => !item.ours && !allowed.includes(item.part))
        .filter((item) => !(item.part.startsWith("node:") && allowed.includes("node:*")))
        .map((item) => `${file.path} imports ${item.from}`);
    });
    expect(strange).toEqual([]);
  });
});

describe("the reader of imports", () => {
  test("sees static, type, dynamic and bare imports, and no comments", () => {
    const text = [
      'import { a } from "../model/plan.ts";',
      "import type { B } from '../base/json.ts';",
      'const c = await import("../app/apply.ts");',
      'import "node:fs";',
      'export { d } from "@scope/name/deep";',
      '// import { e } from "../cli/main.ts";',
      '/* import { f } from "../cli/main.ts"; */',
    ].join("\n");
    expect(importsOf("/x/src/engine/file.ts", strip(text).code).map((item) => item.from)).toEqual([
      "../model/plan.ts",
      "../base/json.ts",
      "../app/apply.ts",
      "node:fs",
      "@scope/name/deep",
    ]);
  });

  test("keeps code that follows a literal with slashes or quotes in it", () => {
    const { code, bare } = strip(
      'const a = "// no"; const b = \'"\'; f(/"/.test(c)); // gone\nd(`x${console.log}`);',
    );
    expect(code).toContain('f(/"/.test(c));');
    expect(code).not.toContain("gone");
    expect(bare).not.toContain("no");
    expect(bare).toContain("console.log");
  });

  test("finds an upward import", () => {
    expect(mayImport("engine", "app")).toBe(false);
    expect(mayImport("render", "engine")).toBe(false);
    expect(mayImport("reference-server", "base")).toBe(false);
    expect(mayImport("app", "engine")).toBe(true);
  });
});
