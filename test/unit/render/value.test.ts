import { expect, test } from "vitest";
import { inlineText } from "../../../src/render/value.ts";

test.each([
  [5e-7, "0.0000005"],
  [-1.25e-9, "-0.00000000125"],
  [0.000001, "0.000001"],
  [1e21, "1e+21"],
  [0, "0"],
  [42.5, "42.5"],
])("the number %s is shown as a file has it: %s", (value, text) => {
  expect(inlineText(value)).toBe(text);
  expect(Number(text)).toBe(value);
});
