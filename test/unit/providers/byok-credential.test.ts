// BYOK credentials through the real client against the reference server.

import { expect, onTestFinished, test } from "vitest";
import { Secret } from "../../../src/provider/secret.ts";
import { byokCredential } from "../../../src/providers/vercel/kinds/byok-credential.ts";
import { startReferenceServer } from "../../../src/reference-server/index.ts";
import { writeVercel } from "./sessions.ts";

const OLD = "canary-old-key-0123456789";
const NEW = "canary-new-key-0123456789";

async function start() {
  const server = await startReferenceServer();
  onTestFinished(() => server.close());
  const { api } = await writeVercel(server.connection.vercel);
  const credential = { apiKey: new Secret(OLD), organization: new Secret("org") };
  const fields = { provider_slug: "openai", name: "team", credential };
  const { live } = await byokCredential.api.create(api, { fields });
  const stored = async () => {
    const response = await fetch(`${server.connection.control_url}/state`);
    const state = (await response.json()) as { vercel: { byok_credentials: { credential: unknown }[] } };
    return state.vercel.byok_credentials[0]?.credential;
  };
  return { api, live, fields, stored };
}

test("another secret takes the place of the old one under the same id, as a whole", async () => {
  const { api, live, fields, stored } = await start();
  expect(await stored()).toEqual({ apiKey: OLD, organization: "org" });
  const after = await byokCredential.api.update?.(api, {
    id: live.id,
    fields: { ...fields, credential: { apiKey: new Secret(NEW) } },
    changed: ["credential"],
  });
  expect({ ...after, imprint: undefined }).toEqual({ ...live, imprint: undefined });
  expect(after?.imprint?.at).toBeGreaterThanOrEqual(live.imprint?.at ?? Number.NaN);
  expect(await stored()).toEqual({ apiKey: NEW });
});

test("a change of another field does not send the secret", async () => {
  const { api, live, fields, stored } = await start();
  const credential = { apiKey: new Secret(NEW) };
  const changed = { id: live.id, fields: { ...fields, credential, active: false }, changed: ["active"] };
  expect((await byokCredential.api.update?.(api, changed))?.fields.active).toBe(false);
  expect(await stored()).toMatchObject({ apiKey: OLD });
});

test("no read has the secret, and a deleted one is gone for reads", async () => {
  const { api, live } = await start();
  const { id } = live;
  const seen = [live, await byokCredential.api.get?.(api, { id }), await byokCredential.api.list(api, {})];
  expect(JSON.stringify(seen)).not.toContain(OLD.slice(0, 10));
  await byokCredential.api.delete?.(api, { id });
  expect(await byokCredential.api.get?.(api, { id })).toBeNull();
  expect(await byokCredential.api.list(api, {})).toEqual({ resources: [], complete: true });
  await expect(byokCredential.api.delete?.(api, { id })).resolves.toBeUndefined();
});

test.each([
  [{ apiKey: { env: "KEY" } }, true],
  [{}, false],
  [{ apiKey: "a literal" }, false],
  [{ env: "KEY" }, false],
])("a credential %j is accepted: %s", (credential, accepted) => {
  expect(byokCredential.definition.spec.safeParse({ credential }).success).toBe(accepted);
});
