import { expect, test } from "vitest";
import {
  evaluateRoute,
  type RouteRequest,
} from "../../src/reference-server/cloudflare/data-plane/route-walk.ts";

const to = (elementId: string) => ({ elementId });
const start = { id: "start", type: "start", outputs: { next: to("a") } };
const end = { id: "end", type: "end", outputs: {} };
const model = (id: string, fallback?: string) => ({
  id,
  type: "model",
  properties: { provider: "openai", model: id, timeout: 0, retries: 0 },
  outputs: { success: to("end"), ...(fallback === undefined ? {} : { fallback: to(fallback) }) },
});

function walk(elements: readonly unknown[], request: Partial<RouteRequest> = {}) {
  return evaluateRoute(elements, {
    fields: {},
    draw: () => 0,
    admit: () => true,
    call: () => true,
    ...request,
  });
}

const passed = (elements: readonly unknown[], request: Partial<RouteRequest> = {}) =>
  walk(elements, request).steps.map(({ id }) => id);

function branch(conditions: unknown, name = "conditions") {
  const outputs = { true: to("yes"), false: to("no") };
  const fork = { id: "a", type: "conditional", properties: { [name]: conditions }, outputs };
  const leaf = (id: string) => ({ ...end, id });
  return [start, fork, leaf("yes"), leaf("no")];
}

const fields = {
  metadata: { plan: "pro", seats: 12, "cf.user_id": "u1", beta: false },
  body: { max_tokens: 50, nested: { list: [1] } },
};

test.each([
  [{ "metadata.plan": { $eq: "pro" } }, true],
  [{ "metadata.plan": "pro" }, true],
  [{ "metadata.plan": { $eq: "free" } }, false],
  [{ "metadata.plan": { $ne: "free" } }, true],
  [{ "metadata.plan": { $in: ["free", "pro"] } }, true],
  [{ "metadata.plan": { $nin: ["free", "pro"] } }, false],
  [{ "metadata.seats": { $gt: 12 } }, false],
  [{ "metadata.seats": { $gte: 12, $lt: 13 } }, true],
  [{ "metadata.seats": { $lte: "12" } }, false],
  [{ "metadata.beta": { $eq: false } }, true],
  [{ "metadata.absent": { $exists: false } }, true],
  [{ "metadata.absent": { $eq: null } }, true],
  [{ "metadata.absent.deeper": { $ne: 1 } }, true],
  [{ "metadata.cf.user_id": { $eq: "u1" } }, true],
  [{ "body.max_tokens": { $not: { $gt: 100 } } }, true],
  [{ "body.nested.list": { $eq: [1] } }, true],
  [{ "metadata.plan": { $eq: "pro" }, "metadata.seats": { $gt: 100 } }, false],
  [{ $or: [{ "metadata.plan": "free" }, { "metadata.seats": 12 }] }, true],
  [{ $and: [{ "metadata.plan": "pro" }, { "metadata.seats": 1 }] }, false],
  [{ $nor: [{ "metadata.plan": "free" }] }, true],
  [{}, true],
])("the condition %j is %s", (condition, holds) => {
  for (const name of ["conditions", "condition"]) {
    expect(passed(branch(condition, name), { fields }).at(-1)).toBe(holds ? "yes" : "no");
  }
});

test.each([[{ "metadata.plan": { $regex: "p" } }], [{ $where: "1" }], [{ $or: {} }], ["metadata.plan"]])(
  "the condition %j is no condition, and the route fails there",
  (condition) => {
    expect(walk(branch(condition), { fields }).problem).toMatch(/^element a: /);
  },
);

test.each([
  [0, "x"],
  [0.0999, "x"],
  [0.1, "y"],
  [0.5999, "y"],
  [0.6, "z"],
  [0.9999, "z"],
])("a draw of %d falls in the share %s", (draw, id) => {
  const outputs = { "10%": to("x"), "50%": to("y"), else: to("z") };
  const leaves = ["x", "y", "z"].map((name) => ({ ...end, id: name }));
  const split = [start, { id: "a", type: "percentage", outputs }, ...leaves];
  expect(passed(split, { draw: () => draw }).at(-1)).toBe(id);
});

test("a rate element asks with the value of its key and leads to the fallback when refused", () => {
  const properties = { limitType: "count", key: "metadata.plan", limit: 1, window: 60 };
  const outputs = { success: to("end"), fallback: to("b") };
  const graph = [start, { id: "a", type: "rate", properties, outputs }, model("b"), end];
  const keys: string[] = [];
  const admit: RouteRequest["admit"] = (_, key) => keys.push(key) > 1;
  expect(passed(graph, { fields, admit })).toEqual(["start", "a", "b", "end"]);
  expect(passed(graph, { admit })).toEqual(["start", "a", "end"]);
  expect(keys).toEqual(["pro", ""]);
});

test("a model that does not answer leads to its fallback, and without one the route ends", () => {
  const graph = [start, model("a", "b"), model("b"), end];
  expect(passed(graph, { call: ({ id }) => id === "b" })).toEqual(["start", "a", "b", "end"]);
  const steps = walk(graph, { call: () => false }).steps;
  expect(steps.map(({ output }) => output)).toEqual(["next", "fallback", undefined]);
});

test("a circle ends at the element that comes up again", () => {
  const graph = [start, model("a", "b"), model("b", "a"), end];
  const called: string[] = [];
  const result = walk(graph, { call: ({ id }) => called.push(id) < 0 });
  expect(called).toEqual(["a", "b"]);
  expect(result.problem).toBe("element a is reached twice");
});

test.each([
  ["the graph has no start", [end]],
  ["element start leads to a, which is not there", [start, end]],
  ["element odd is not valid", [start, { id: "odd", type: "loop" }]],
  ["element without an id is not valid", [{ type: "end" }]],
])("%s", (problem, graph) => {
  expect(walk(graph).problem).toBe(problem);
});
