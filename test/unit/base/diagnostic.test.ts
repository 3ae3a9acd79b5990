import { describe, expect, test } from "vitest";
import { type Diagnostic, hasErrors, sortDiagnostics } from "../../../src/base/diagnostic.ts";

const at = (code: string, file?: string, line = 1, column = 1): Diagnostic => ({
  severity: "error",
  code,
  message: code,
  ...(file === undefined ? {} : { position: { file, line, column } }),
});

describe("diagnostics", () => {
  test("sort by file, line and column, those without a place last", () => {
    const list = [
      at("E"),
      at("D", "b.yaml"),
      at("C", "a.yaml", 10),
      at("B", "a.yaml", 2, 5),
      at("A", "a.yaml", 2, 1),
    ];
    expect(sortDiagnostics(list).map((item) => item.code)).toEqual(["A", "B", "C", "D", "E"]);
    expect(sortDiagnostics([...list].reverse())).toEqual(sortDiagnostics(list));
  });

  test("leave the list that they are sorted from as it is", () => {
    const list = Object.freeze([at("B", "b"), at("A", "a")]);
    sortDiagnostics(list);
    expect(list[0]?.code).toBe("B");
  });

  test("are errors only where one of them is", () => {
    expect(
      hasErrors([
        { ...at("A"), severity: "warning" },
        { ...at("B"), severity: "note" },
      ]),
    ).toBe(false);
    expect(hasErrors([{ ...at("A"), severity: "warning" }, at("B")])).toBe(true);
  });
});
