// Every request to Vercel says in which team it is, by the id that the run found once for the file's slug or id. The
// reference server's token has one team only and does without, so that nothing but the log of requests shows it.

import { expect, onTestFinished, test } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { samples } from "./samples/all.ts";
import { expectConverged, expectEmpty, openStage, type Stage } from "./stage.ts";

const ours = samples.filter(({ kind }) => kind.startsWith("vercel."));

/** One of each kind, in its whole form or in its smallest. */
function blockOf(team: string, form: "full" | "minimal" | "none"): JsonObject {
  const sections = ours.map(
    ({ block, key, [form === "none" ? "minimal" : form]: body }) =>
      block(form === "none" ? {} : { [key]: body }).vercel as JsonObject, // a sample of Vercel's has that block
  );
  return { vercel: Object.assign({ team }, ...sections) };
}

/** What a run asks for: how often the team and the user are looked up, and every other request. */
async function logOf(stage: Stage, run: () => Promise<unknown>) {
  const from = (await stage.requests()).length;
  await run();
  const log = (await stage.requests()).slice(from);
  const lookup = (path: string) => /^\/v2\/(teams\/[^/]+|user)$/.exec(path)?.[1]?.split("/")[0];
  return {
    lookups: log.flatMap(({ path }) => lookup(path) ?? []).sort(),
    rest: log.filter(({ path }) => lookup(path) === undefined),
  };
}

test.each(["slug", "id"] as const)(
  "each request names the team that its %s was resolved to, once in a run, at unversioned paths but for keys",
  async (by) => {
    const env = Object.assign({}, ...ours.map((sample) => sample.env));
    const stage = await openStage({ profile: "live", env }, onTestFinished);
    const [team] = (await stage.state()).vercel.teams;
    const id = String(team?.id);
    const seen = new Set<string>();
    for (const form of ["minimal", "full", "none"] as const) {
      await stage.declare(blockOf(String(team?.[by]), form));
      for (const run of [
        async () => expectConverged(await stage.apply({ allow_deletes: ours.length })),
        async () => expectEmpty(await stage.plan()),
      ]) {
        const { lookups, rest } = await logOf(stage, run);
        expect(lookups).toEqual(["teams", "user"]);
        for (const { method, path, query } of rest) {
          const params = new URLSearchParams(query);
          expect([params.getAll("teamId"), params.has("slug")], `${method} ${path}`).toEqual([[id], false]);
          if (/ai-gateway|api-keys/.test(path))
            expect(path).toMatch(/^\/(?:ai-gateway\/|v1\/api-keys(?:\/|$))/);
          seen.add(method);
        }
      }
    }
    expect([...seen].sort()).toEqual(["DELETE", "GET", "PATCH", "POST", "PUT"]);
  },
);
