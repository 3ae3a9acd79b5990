// Connections of the tests to a server, through the providers' own connect functions.

import { onTestFinished } from "vitest";
import { fingerprintWith } from "../../../src/base/digest.ts";
import { openNetwork } from "../../../src/provider/network.ts";
import type { ConnectInput, Session } from "../../../src/provider/provider.ts";
import type { AnsweredEvent } from "../../../src/provider/request-event.ts";
import { Secret } from "../../../src/provider/secret.ts";
import type { CloudflareReader, CloudflareWriter } from "../../../src/providers/cloudflare/client.ts";
import { cloudflare } from "../../../src/providers/cloudflare/index.ts";
import type { VercelReader, VercelWriter } from "../../../src/providers/vercel/client.ts";
import { vercel } from "../../../src/providers/vercel/index.ts";
import type { Connection } from "../../../src/reference-server/index.ts";

export const fingerprint = fingerprintWith("operator key", "salt");

export type Events = AnsweredEvent[];

/** What a client of Cloudflare's management API needs of a connection. */
type Management = Pick<Connection["cloudflare"], "base_url" | "account_id" | "api_token">;

function input(
  settings: Record<string, unknown>,
  secrets: Record<string, Secret>,
  events: Events,
): ConnectInput {
  const network = openNetwork({
    env: {},
    parallelism: 4,
    onRequest: (event) => void (event.type === "answered" && events.push(event)),
  });
  return { settings, secrets, fingerprint, network };
}

async function closing<S extends Session<unknown>>(session: Promise<S>): Promise<S> {
  const open = await session;
  onTestFinished(() => open.close());
  return open;
}

export function readCloudflare(
  connection: Management,
  events: Events = [],
): Promise<Session<CloudflareReader>> {
  const { base_url, account_id, api_token } = connection;
  const settings = { base_url, account_id };
  return closing(cloudflare.connect(input(settings, { api_token: new Secret(api_token) }, events)));
}

export function writeCloudflare(
  connection: Management,
  events: Events = [],
): Promise<Session<CloudflareWriter>> {
  const { base_url, account_id, api_token } = connection;
  const settings = { base_url, account_id };
  return closing(cloudflare.connectForApply(input(settings, { api_token: new Secret(api_token) }, events)));
}

export function readVercel(
  connection: Pick<Connection["vercel"], "base_url" | "team" | "token">,
  events: Events = [],
): Promise<Session<VercelReader>> {
  const { token, ...settings } = connection;
  return closing(vercel.connect(input(settings, { token: new Secret(token) }, events)));
}

export function writeVercel(
  connection: Pick<Connection["vercel"], "base_url" | "team" | "token">,
  events: Events = [],
): Promise<Session<VercelWriter>> {
  const { token, ...settings } = connection;
  return closing(vercel.connectForApply(input(settings, { token: new Secret(token) }, events)));
}
