import { expect, test } from "vitest";
import { StepFailure } from "../../../src/app/execution.ts";
import { materialise } from "../../../src/app/materialise.ts";

const fields = { secret_id: { $ref: "cloudflare.secret.a" }, list: [{ $ref: "cloudflare.secret.a" }] };

test("a reference becomes the id that the ledger has for it", () => {
  const ids = new Map([["cloudflare.secret.a", "s1"]]);
  expect(materialise(fields, ids, new Map())).toEqual({ secret_id: "s1", list: ["s1"] });
});

test("a reference to what the ledger does not have any more fails its step, and says what to do", () => {
  const run = () => materialise(fields, new Map(), new Map());
  expect(run).toThrow(StepFailure);
  expect(run).toThrow("cloudflare.secret.a");
});
