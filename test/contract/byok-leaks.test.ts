// A BYOK credential is a map of secrets: none of them leaves the request that stores it.

import { expect, onTestFinished, test } from "vitest";
import type { JsonObject } from "../../src/base/json.ts";
import { leaksOf } from "../canary/search.ts";
import { canary } from "../canary/values.ts";
import { errorsOf, openStage } from "./stage.ts";

const env = {
  ACCESS: canary("access key"),
  SECRET: canary("secret key"),
  NEXT: canary("next key"),
};

test("no part of a credential is in a plan, a result, the ledger or an export", async () => {
  const stage = await openStage({ profile: "live", env }, onTestFinished);
  const declare = (secret: string): Promise<void> => {
    const credential: JsonObject = { accessKeyId: { env: "ACCESS" }, secretAccessKey: { env: secret } };
    return stage.declare({ vercel: { byok_credentials: { bedrock: { credential } } } });
  };
  const seen: unknown[] = [];
  for (const secret of ["SECRET", "NEXT"]) {
    await declare(secret);
    const result = await stage.apply();
    expect(errorsOf(result.state === "applied" ? result.report.diagnostics : [])).toEqual([]);
    seen.push(await stage.plan(), result, await stage.ledger());
  }
  const [stored] = (await stage.state()).vercel.byok_credentials;
  expect(stored?.credential).toEqual({ accessKeyId: env.ACCESS, secretAccessKey: env.NEXT });
  seen.push((await stage.exportAll(true)).files);
  await stage.fault({ method: "PATCH", effect: { kind: "status", status: 400, when: "before" } });
  await declare("SECRET");
  seen.push(await stage.apply());
  const text = JSON.stringify(seen);
  expect(text).toContain("bedrock");
  expect(leaksOf(text, Object.values(env))).toEqual([]);
});
