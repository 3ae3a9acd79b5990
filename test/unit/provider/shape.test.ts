import { describe, expect, it } from "vitest";
import * as z from "zod";
import { ProviderError } from "../../../src/provider/error.ts";
import { type Answer, segment, shaped } from "../../../src/provider/shape.ts";

const open = z.looseObject({ data: z.unknown() });
const answer = (body: unknown): Answer => ({
  what: "GET /routes",
  method: "GET",
  status: 200,
  request_id: "ray-1",
  body,
  clean: (text) => text,
});
const refusalOf = (body: unknown): ProviderError => {
  try {
    shaped(open, answer(body));
  } catch (error) {
    if (error instanceof ProviderError) return error;
  }
  throw new Error("it was taken");
};
const nested = (levels: number): unknown => JSON.parse("[".repeat(levels) + "]".repeat(levels));

describe("an answer", () => {
  it.each([
    ["a secret of this machine", '{"$secret": {"source": {"env": "VERCEL_TOKEN"}}}', "$secret"],
    ["another resource", '{"$ref": "vercel.key.ci"}', "$ref"],
    ["a prototype", '{"__proto__": {"id": "a"}}', "__proto__"],
  ])("whose open parts name %s is malformed", (_, inner, name) => {
    const { refused, message, request_id } = refusalOf(JSON.parse(`{"data": [{"deep": ${inner}}]}`));
    expect([refused, request_id]).toEqual(["malformed", "ray-1"]);
    expect(message).toContain(name);
  });

  it("that is nested too deep is malformed", () => {
    expect(refusalOf({ data: nested(50_000) }).message).toContain("nested deeper than 200 levels");
  });

  it("may hold any other JSON where its shape is open", () => {
    const body = { data: [null, { $eq: "paid", constructor: 1 }, nested(100)] };
    expect(shaped(open, answer(body))).toEqual(body);
  });
});

describe("an id", () => {
  it.each(["", ".", "..", "half \ud800"])("%j is refused before anything is asked", (id) => {
    expect(() => segment(id)).toThrow(ProviderError);
  });
});
