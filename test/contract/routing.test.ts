// The client says beforehand what routing rules and virtual models do to a request; the server's data plane does it.
// They share no code, and they agree.

import fc from "fast-check";
import { beforeAll, describe, expect } from "vitest";
import type { BehaviourGraph } from "../../src/provider/behaviour.ts";
import { vercelBehaviour } from "../../src/providers/vercel/behaviour.ts";
import { type RunningServer, startReferenceServer } from "../../src/reference-server/index.ts";
import { canary } from "../canary/values.ts";
import { law } from "../laws/law.ts";
import { onDataPlane } from "./data-plane.ts";

const KEY = canary("key of the data plane", "vck_");
const MODELS = Array.from({ length: 14 }, (_, index) => `x/${index}`);
const VIRTUAL = ["vmc/a", "vmc/b", "vmc/c"];
/** Models whose provider never answers, so that the next one is tried. */
const DOWN = ["x/0", "x/3", "x/6"];

const model = fc.constantFrom(...MODELS, ...VIRTUAL);
/** Mostly long walks: a rule often leads to the next model. */
const link = fc.nat({ max: 12 }).map((at) => ({ source: `x/${at}`, to: `x/${at + 1}`, on: true }));
const rule = fc.record({ source: model, to: fc.option(model, { freq: 3 }), on: fc.boolean() });

const scenario = fc.record({
  rules: fc
    .uniqueArray(fc.oneof({ weight: 3, arbitrary: link }, { weight: 2, arbitrary: rule }), {
      selector: ({ source }) => source,
      minLength: 4,
      maxLength: 16,
    })
    .map((rules) => rules.filter(({ source, to }) => source !== to)),
  virtual: fc.dictionary(
    fc.constantFrom("a", "b", "c"),
    fc.record({
      models: fc.uniqueArray(fc.constantFrom(...MODELS), { minLength: 1, maxLength: 3 }),
      status: fc.constantFrom("active" as const, "active" as const, "archived" as const, "draft" as const),
    }),
    { noNullPrototype: true },
  ),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

function graphOf({ rules, virtual }: Scenario): BehaviourGraph {
  const resources = [
    ...rules.map(({ source, to, on }, index) => ({
      kind: "vercel.rule",
      title: `r${index}`,
      fields: {
        ...(to === null ? { type: "deny" } : { type: "rewrite", destination: to }),
        source,
        reason: `r${index}`,
        enabled: on,
      },
    })),
    ...Object.entries(virtual).map(([slug, { models, status }]) => ({
      kind: "vercel.virtual_model",
      title: `vercel.virtual_model.${slug}`,
      fields: { slug, kind: "alias", model: models[0] ?? "", models: models.slice(1), status },
    })),
  ];
  return { resources, known: new Set(["vercel.rule", "vercel.virtual_model"]) };
}

/** The same at the server. */
function stateOf({ rules, virtual }: Scenario, ownerId: string): object {
  const at = { createdAt: 1, updatedAt: 1 };
  return {
    rules: rules.map(({ source, to, on }, index) => ({
      ruleId: `r${index}`,
      ownerId,
      type: to === null ? "deny" : "rewrite",
      match: { model: source },
      action: { ...(to === null ? {} : { rewriteModel: to }), reason: `r${index}` },
      enabled: on,
      ...at,
    })),
    virtual_models: Object.entries(virtual).map(([virtualModelSlug, { models, status }]) => ({
      virtualModelSlug,
      ownerId,
      modelSlug: models[0],
      models: models.slice(1),
      status,
      deleted: status === "archived",
      ...at,
    })),
  };
}

/** What the client foretells, in the words of `answered`; undefined: it says that nobody knows. */
function foretold(graph: BehaviourGraph, subject: string): string | undefined {
  const { verdict, served_by, status, reason, code } = vercelBehaviour.of(graph).trace(subject).outcome;
  if (verdict === "unknown") {
    expect(code).toBe("virtual-model-draft");
    return undefined;
  }
  if (verdict === "denied") return `${status} ${reason}`;
  if (verdict !== "served") return `${status}`;
  const up = served_by.findIndex((name) => !DOWN.includes(name));
  return up < 0 ? "500" : `200 ${served_by.slice(0, up + 1).join(" then ")}`;
}

describe("routing", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startReferenceServer();
    const { control_url } = server.connection;
    for (const name of DOWN) {
      const effect = { kind: "upstream", model: name, status: 500 };
      await fetch(`${control_url}/faults`, { method: "POST", body: JSON.stringify({ effect }) });
    }
    return () => server.close();
  });

  async function answered(subject: string): Promise<string> {
    const { status, ruleId, tried } = await onDataPlane(server.connection, KEY, subject);
    if (status === 403) return `${status} ${ruleId}`;
    return status === 200 ? `200 ${tried.join(" then ")}` : `${status}`;
  }

  law("of requests is at the data plane as the client foretells it", {
    scenario,
    runs: 20,
    holds: async (it) => {
      const { control_url } = server.connection;
      const team = { id: "team_a", slug: "a", name: "A" };
      const user = { id: "user", username: "u", email: "u@acme.example" };
      const vercel = {
        ...stateOf(it, team.id),
        teams: [team],
        users: [{ ...user, memberships: [{ team_id: team.id, role: "OWNER" }] }],
        keys: [{ id: "key", secret: KEY, name: "key", partialKey: "", teamId: team.id, createdBy: "user" }],
      };
      const put = await fetch(`${control_url}/state`, { method: "PUT", body: JSON.stringify({ vercel }) });
      expect(put.status, await put.text()).toBe(200);
      const graph = graphOf(it);
      const subjects = [...vercelBehaviour.of(graph).subjects, ...VIRTUAL, "y/unheard-of"];
      const expected = subjects.flatMap((name) => {
        const answer = foretold(graph, name);
        return answer === undefined ? [] : [{ name, answer }];
      });
      const found = expected.map(async ({ name }) => ({ name, answer: await answered(name) }));
      expect(await Promise.all(found)).toEqual(expected);
    },
  });
});
