import { describe, expect, test } from "vitest";
import { commands } from "../../../src/cli/command-table.ts";
import { styleFor } from "../../../src/cli/io.ts";
import { duration, optionNamed } from "../../../src/cli/options.ts";
import { outputTargets } from "../../../src/cli/output-target.ts";
import { COLOURED, PLAIN } from "../../../src/render/style.ts";

describe("--lock-timeout", () => {
  test.each([
    ["500ms", 500],
    ["30s", 30_000],
    ["5m", 300_000],
    ["1h", 3_600_000],
    ["0", 0],
    ["0s", 0],
  ])("%s is %i milliseconds", (text, milliseconds) => {
    expect(duration(text)).toBe(milliseconds);
  });

  test.each(["5", "s", "-5s", "5 s", "5w", "1.5s", "", "5S", "9999999s"])("%j is refused", (text) => {
    expect(() => duration(text)).toThrow("30s");
  });
});

describe("--output", () => {
  test("is text on stdout when nothing is given, and beside files", () => {
    expect(outputTargets([])).toEqual([{ format: "text" }]);
    expect(outputTargets(["json=a.json"])).toEqual([{ format: "text" }, { format: "json", file: "a.json" }]);
  });

  test("takes one format for stdout and any number of files", () => {
    expect(outputTargets(["json", "markdown=a.md", "text=b=c.txt"])).toEqual([
      { format: "json" },
      { format: "markdown", file: "a.md" },
      { format: "text", file: "b=c.txt" },
    ]);
  });

  test.each([
    [["json", "text"], "Only one --output can go to stdout"],
    [["json=a", "markdown=a"], "Two --output options write to a"],
    [["json="], "names no file"],
    [["jsn"], "Did you mean json?"],
    [["=a"], "It takes text, json or markdown"],
  ])("%j is refused: %s", (values, words) => {
    expect(outputTargets(values)).toContain(words);
  });
});

describe("numbers", () => {
  test.each([
    ["parallelism", "8", 8],
    ["port", "0", 0],
    ["allowDeletes", "12", 12],
  ] as const)("--%s takes %s", (name, text, value) => {
    expect(optionNamed(name).parseArg?.(text, undefined)).toBe(value);
  });

  test.each([
    ["parallelism", "0"],
    ["parallelism", "65"],
    ["parallelism", "two"],
    ["port", "65536"],
    ["allowDeletes", "-1"],
    ["allowDeletes", "1e3"],
    ["allowDeletes", ""],
  ] as const)("--%s refuses %j", (name, text) => {
    expect(() => optionNamed(name).parseArg?.(text, undefined)).toThrow("whole number");
  });
});

describe("colours", () => {
  test.each([
    [{}, true, true, true],
    [{}, false, true, false],
    [{ TERM: "dumb" }, true, true, false],
    [{ NO_COLOR: "1" }, true, true, false],
    [{ NO_COLOR: "" }, true, true, true],
    [{ FORCE_COLOR: "1" }, false, true, true],
    [{ FORCE_COLOR: "0" }, true, true, false],
    [{ FORCE_COLOR: "1", NO_COLOR: "1" }, false, true, false],
    [{ FORCE_COLOR: "1" }, true, false, false],
  ])("%o, terminal %s, --color %s: %s", (env, terminal, color, coloured) => {
    expect(styleFor(env, terminal, color)).toBe(coloured ? COLOURED : PLAIN);
  });
});

test("every example of the help is a line of its command", () => {
  const specs = commands.flatMap((entry) =>
    "commands" in entry
      ? entry.commands.map((spec) => ({ spec, name: `${entry.name} ${spec.usage.split(" ")[0]}` }))
      : [{ spec: entry, name: entry.usage.split(" ")[0] ?? "" }],
  );
  for (const { spec, name } of specs) {
    expect(spec.examples.length).toBeGreaterThan(0);
    const flags = spec.options
      .map((option) => optionNamed(option))
      .flatMap(({ long, short }) => [long, short]);
    for (const line of spec.examples) {
      expect(line.startsWith(`gateform ${name}`)).toBe(true);
      for (const flag of line.match(/(?<= )--?[a-z][a-z-]*/g) ?? []) expect(flags).toContain(flag);
    }
  }
});
