// What `ledger forget` lets go of: not only the address's own object, and nothing else knows of the rest.

import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { forgetAddresses } from "../../../src/app/ledger-commands.ts";
import { fileBackend } from "../../../src/ledger/file-backend.ts";
import { expectConverged, openStage } from "../../contract/stage.ts";

test("the ids of earlier values are told and remembered, as nothing else knows that they are live", async () => {
  const stage = await openStage({ profile: "live", env: {} }, onTestFinished);
  await stage.declare({ vercel: { keys: { ci: { deliver: [{ file: { path: "out/ci.key" } }] } } } });
  expectConverged(await stage.apply());
  expectConverged(await stage.apply({ rotate: ["vercel.key.ci"] }));
  const backend = fileBackend({ path: join(stage.directory, ".gateform/contract.ledger.json") });
  const entry = (await backend.read())?.resources["vercel.key.ci"];
  const [earlier = "none"] = (entry?.retiring ?? []).map(({ id }) => id);

  const forgotten = await forgetAddresses(backend, ["vercel.key.ci"], 0, {
    at: "2026-01-01T00:00:00.000Z",
    by: "somebody",
  });

  expect(forgotten).toEqual({ problems: [], others: [`vercel.key.ci (${earlier})`] });
  const ledger = await backend.read();
  expect(ledger?.resources).toEqual({});
  expect(ledger?.history?.at(-1)?.changes.map(({ id }) => id)).toEqual([entry?.id, earlier]);
  expect((await stage.state()).vercel.keys.map(({ id }) => id).sort()).toEqual([entry?.id, earlier].sort());
});
