import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checksOf } from "../../../scripts/docs/checks.ts";
import * as tables from "../../../src/app/codes.ts";
import { CONFIG_CODES } from "../../../src/config/codes.ts";
import { providers } from "../../../src/providers/index.ts";
import { root } from "./pages.ts";

const documented = new Set(
  [
    CONFIG_CODES,
    tables.REFUSALS,
    tables.RUN_CODES,
    tables.STEP_CODES,
    tables.SECRET_CODES,
    tables.LEDGER_CODES,
    tables.SINK_CODES,
    tables.COMMAND_CODES,
  ]
    .flatMap((table) => Object.keys(table))
    .concat(checksOf(providers).map(({ code }) => code)),
);

/** Where code literals are no codes: tables, and examples in a schema. */
const NO_CODES = ["src/config/codes.ts", "src/app/codes.ts", "src/ledger/plan-schema.ts"];

/** Source that can make a code. The reference server has codes of its own, those of the vendors. */
function sources(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return path === "src/reference-server" ? [] : sources(path);
    return NO_CODES.includes(path) ? [] : [path];
  });
}

/**
 * Codes that a source text makes: as a member `code`, or as an argument of what takes one first or second.
 * A code in any other place is not seen here; `every code of the tables …` below then fails for it.
 */
function codesIn(text: string): readonly string[] {
  const CODE = '"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)"';
  const makers = [
    `\\bcode: ${CODE}`,
    `\\bcode: [^,;{}]*\\? ${CODE} : ${CODE}`,
    `\\brefuse\\(\\s*[^,()]+(?:\\([^()]*\\))?,\\s*${CODE}`,
    `new (?:LedgerError|SinkError|StepFailure|Failure)\\(\\s*${CODE}`,
    `\\b(?:failureOf|refuseErrors|problem|add)\\(\\s*${CODE}`,
    `\\bfail\\(\\s*\\w+,\\s*${CODE}`,
  ];
  return makers.flatMap((maker) =>
    [...text.matchAll(new RegExp(maker, "g"))].flatMap((match) =>
      match.slice(1).filter((code) => code !== undefined),
    ),
  );
}

const texts = new Map(sources("src").map((path) => [path, readFileSync(join(root, path), "utf8")]));

describe("the tables of codes", () => {
  test("every code that the source makes is in a table", () => {
    const missing = [...texts].flatMap(([path, text]) =>
      codesIn(text)
        .filter((code) => !documented.has(code))
        .map((code) => `${code} in ${path}`),
    );
    expect(missing).toEqual([]);
  });

  test("every code of the tables is in the source", () => {
    const all = [...texts.values()].join("\n");
    expect([...documented].filter((code) => !all.includes(`"${code}"`))).toEqual([]);
  });

  test("the search finds codes in all the places where they are made", () => {
    const samples = [
      'report.add("A_CODE", {})',
      'return refuse(\n  it.resource.address,\n  "A_CODE",',
      '{ severity: "error", code: "A_CODE" }',
      'throw new StepFailure(\n "A_CODE", "words")',
      'code: code === null ? "A_CODE" : "B_CODE"',
      'fail(to, "A_CODE", at)',
    ];
    expect(samples.filter((sample) => !codesIn(sample).includes("A_CODE"))).toEqual([]);
  });

  test("what a vendor refuses has a code of its own", () => {
    expect(Object.keys(tables.VENDOR_CODES).map(tables.vendorCode)).toContain("NOT_FOUND");
  });
});
