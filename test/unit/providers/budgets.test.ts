// Budgets through the real client against the reference server: the one request that both makes and changes them must
// not overwrite what somebody else has made, nor lose what the file does not say.

import { expect, onTestFinished, test } from "vitest";
import { budget } from "../../../src/providers/vercel/kinds/budget.ts";
import { budgetDefault } from "../../../src/providers/vercel/kinds/budget-default.ts";
import { type ReferenceServerOptions, startReferenceServer } from "../../../src/reference-server/index.ts";
import { type Events, writeVercel } from "./sessions.ts";

async function start(options: ReferenceServerOptions = {}) {
  const server = await startReferenceServer(options);
  onTestFinished(() => server.close());
  const events: Events = [];
  const { api } = await writeVercel(server.connection.vercel, events);
  const sent = (method: string) => events.filter((event) => event.method === method).length;
  return { api, sent };
}

test("a default that somebody else has made meanwhile is refused and left alone", async () => {
  const { api, sent } = await start();
  await budgetDefault.api.create(api, { fields: { scope: "user", limit: 50 } });
  const again = budgetDefault.api.create(api, { fields: { scope: "user", limit: 9 } });
  await expect(again).rejects.toMatchObject({ refused: "exists", outcome: "not-applied" });
  expect(sent("PUT")).toBe(1);
});

test.each(["merge", "replace"] as const)(
  "a change keeps the rest where a PUT would %s",
  async (budget_put) => {
    const { api } = await start({ switches: { budget_put } });
    const fields = { scope: "api_key", limit: 50, refresh_period: "daily", alert_thresholds: [50] };
    await budgetDefault.api.create(api, { fields });
    const changed = { id: "api_key", fields: { limit: 60 }, changed: ["limit"] };
    expect((await budgetDefault.api.update?.(api, changed))?.fields).toEqual({ ...fields, limit: 60 });
  },
);

test("a change of one field keeps another that the list does not show yet", async () => {
  const { api } = await start();
  const fields = { scope: "team", limit: 50, alert_thresholds: [100] };
  await budget.api.create(api, { fields });
  await budgetDefault.api.create(api, { fields });
  const changed = { fields: { ...fields, limit: 60 }, changed: ["alert_thresholds"] };
  for (const [kind, id] of [[budget, "team"] as const, [budgetDefault, "team"] as const])
    expect((await kind.api.update?.(api, { id, ...changed }))?.fields).toMatchObject({ limit: 60 });
});

test("a default that is gone cannot be changed, and is made by no change", async () => {
  const { api, sent } = await start();
  const change = budgetDefault.api.update?.(api, { id: "user", fields: { limit: 1 }, changed: ["limit"] });
  await expect(change).rejects.toMatchObject({ refused: "not-found" });
  expect(sent("PUT")).toBe(0);
});
