// A vendor may repeat in an error what was sent to it. Whatever the kind, nothing of it that is secret gets any further.

import { describe, expect, onTestFinished, test } from "vitest";
import { leaksOf } from "../canary/search.ts";
import { awkwardCanary } from "../canary/values.ts";
import { isNotApplicable } from "./sample.ts";
import { samples } from "./samples/all.ts";
import { openStage } from "./stage.ts";

const withSecrets = samples.filter(({ env }) => Object.keys(env).length > 0);

describe.each(withSecrets)("$kind", ({ key, block, full, env, path, secret }) => {
  // With characters that are escaped on their way back.
  const valuesOf = (round: string) =>
    Object.fromEntries(Object.keys(env).map((name) => [name, awkwardCanary(`${round} ${name}`)]));
  const [first, next] = [valuesOf("first"), valuesOf("next")];

  test("shows no secret when its create or its update is refused with an echo", async () => {
    const stage = await openStage({ profile: "live", env: first }, onTestFinished);
    const { CLOUDFLARE_API_TOKEN = "", VERCEL_TOKEN = "" } = stage.env;
    const secrets = [...Object.values(first), ...Object.values(next), CLOUDFLARE_API_TOKEN, VERCEL_TOKEN];
    const effect = { kind: "echo" } as const;
    await stage.declare(block({ [key]: full }));
    await stage.fault({ method: "POST", path, effect });
    const refused = await stage.apply();
    await stage.clearFaults();
    await stage.apply();
    Object.assign(stage.env, next);
    await stage.fault({ method: "PUT", effect }, { method: "PATCH", effect });
    const updated = await stage.apply();
    const seen = JSON.stringify([refused, updated, await stage.plan(), await stage.ledger()]);
    expect(leaksOf(seen, secrets)).toEqual([]);
    for (const result of isNotApplicable(secret) ? [refused] : [refused, updated])
      expect(JSON.stringify(result)).toContain("cannot read Bearer [secret]");
  });
});

test("the search finds what an echo would show", () => {
  const value = awkwardCanary("planted");
  expect(leaksOf(`cannot read {"a":${JSON.stringify(value)}}`, [value])).not.toEqual([]);
});
