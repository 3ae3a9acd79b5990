// A secret in a Secrets Store: its shape and path, and how one is written. For the kinds that do so; not a kind.

import * as z from "zod";
import type { Fields } from "../../../model/kind-rules.ts";
import { ProviderError } from "../../../provider/error.ts";
import type { ResolvedFields } from "../../../provider/kind.ts";
import { segment } from "../../../provider/shape.ts";
import { type CloudflareReader, type CloudflareWriter, resultOf } from "../client.ts";

export const secretShape = z.looseObject({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.string()).nullish(),
  comment: z.string().nullish(),
  status: z.string().nullish(),
  created: z.string().nullish(),
  modified: z.string().nullish(),
});

export type StoredSecret = z.output<typeof secretShape>;

/** The space of names in the account's store, for what gets such a name. */
export const SECRET_NAMES = "cloudflare.secrets_store";

/** The name by which AI Gateway finds a provider's key at run time (docs "BYOK", 2026-07-31). */
export function contractName({ provider_slug, alias }: Fields, gateway: string): string {
  return `${gateway}_${provider_slug}_${alias}`;
}

export function secretsPath(store: string): string {
  return `/secrets_store/stores/${segment(store)}/secrets`;
}

export function secretPath(store: string, id: string): string {
  return `${secretsPath(store)}/${segment(id)}`;
}

/** Milliseconds between two looks, doubled from the first to the longest, and how long to look in all. */
const FIRST_LOOK = 100;
const LONGEST_LOOK = 5_000;
const LOOK_FOR = 60_000;

/** Changes a secret, and waits until the change is in effect. */
export async function writeSecret(
  api: CloudflareWriter,
  path: string,
  body: ResolvedFields,
): Promise<StoredSecret> {
  const answered = await api.patch(path, body, secretShape);
  return answered.status === "pending" ? untilActive(api, path) : answered;
}

/**
 * Waits until a secret is active: every create and every change makes it `pending` for a while (OpenAPI 2026-10);
 * Alchemy (2026) waits up to 50 s.
 * @throws ProviderError `waiting` when it is still pending after a minute: it is stored, and nobody can tell since when
 * it serves.
 */
export async function untilActive(
  api: CloudflareReader & Pick<CloudflareWriter, "pause">,
  path: string,
): Promise<StoredSecret> {
  let waited = 0;
  for (let pause = FIRST_LOOK; ; pause = Math.min(2 * pause, LONGEST_LOOK)) {
    const secret = await api.get(path, resultOf(secretShape));
    if (secret.status !== "pending") return secret;
    if (waited >= LOOK_FOR) {
      throw new ProviderError(
        `the secret ${secret.name} was stored, and Cloudflare still calls it pending after ${Math.round(waited / 1000)} s: run apply again later`,
        { refused: "waiting", outcome: "unknown" },
      );
    }
    await api.pause(pause);
    waited += pause;
  }
}
