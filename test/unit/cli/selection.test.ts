// Answers to a numbered list of five.

import { expect, test } from "vitest";
import { parseSelection } from "../../../src/cli/selection.ts";

test.each<[string, readonly number[]]>([
  ["", []],
  ["  ", []],
  ["all", [0, 1, 2, 3, 4]],
  ["ALL", [0, 1, 2, 3, 4]],
  ["2", [1]],
  ["1,3-5", [0, 2, 3, 4]],
  ["1, 3 - 5", [0, 2, 3, 4]],
  ["5 1", [0, 4]],
  ["3,1,3,2-3", [0, 1, 2]],
  ["1,", [0]],
])("%j means %j", (answer, indexes) => {
  expect(parseSelection(answer, 5)).toEqual(indexes);
});

test.each([
  ["0", "not between 1 and 5"],
  ["6", "not between 1 and 5"],
  ["3-9", "not between 1 and 5"],
  ["4-2", "runs backwards"],
  ["a", "neither a number nor a range"],
  ["1-", "neither a number nor a range"],
  ["-2", "neither a number nor a range"],
  ["1-2-3", "neither a number nor a range"],
  ["1e1", "neither a number nor a range"],
  ["99999999999", "neither a number nor a range"],
])("%j is refused: %s", (answer, problem) => {
  expect(parseSelection(answer, 5)).toContain(problem);
});
