// What stands in an export beside the resources: the provider blocks and the ledger's place, as the configuration at
// hand has them, with paths as the new files see them.

import { join, relative, resolve } from "node:path";
import type { SecretSource } from "../base/expression.ts";
import { type JsonObject, type JsonValue, jsonEqual } from "../base/json.ts";
import type { ExportHead } from "../config/export/files.ts";
import type { HttpPlace, LedgerPlace } from "../config/ledger-place.ts";
import { loginsOf, loginVariables } from "../provider/provider.ts";
import type { Stack } from "./stack.ts";

export interface HeadRequest {
  readonly stack: string;
  /** Absolute; where the files are going to be. */
  readonly directory: string;
  readonly ledger?: LedgerPlace;
}

/** Version and stack are the text's business; this is the rest of the head. */
export function exportHead(stack: Stack, request: HeadRequest): ExportHead {
  const ledger = ledgerOf(stack.cwd, request);
  return {
    stack: request.stack,
    ...(ledger === undefined ? {} : { ledger }),
    blocks: stack.providers.flatMap(({ name, title, credentials: usual, logins }) => {
      const block = stack.config.providers[name];
      if (block === undefined) return [];
      const settings: Record<string, JsonValue> = {};
      for (const [key, value] of Object.entries(block.settings)) {
        // Settings are what zod gave for the block: texts.
        if (value !== undefined) settings[key] = value as JsonValue;
      }
      for (const [key, source] of Object.entries(block.credentials)) {
        const mark = sourceMark(relocated(source, stack.cwd, request.directory));
        // Where there are several ways to log in, naming the usual source chooses one.
        const chosen = logins !== undefined && Object.hasOwn(block.written, key);
        const unusual = !jsonEqual(mark.$secret, { source: { env: usual[key]?.env ?? "" } });
        if (chosen || unusual) settings[key] = mark;
      }
      return [{ provider: name, title, settings }];
    }),
  };
}

/** Names that some credential or setting has already. */
export function reservedVariables({ config, providers }: Stack): ReadonlySet<string> {
  const sources = Object.values(config.providers).flatMap(({ credentials }) => Object.values(credentials));
  return new Set([
    ...sources.flatMap((source) => ("env" in source ? [source.env] : [])),
    ...providers.flatMap((provider) => [
      ...loginsOf(provider).flatMap((login) => loginVariables(provider, login)),
      ...Object.values(provider.settings_env).flat(),
      provider.base_url_env,
    ]),
  ]);
}

/** A `file` source, seen from the working directory, as a file in another directory writes it. */
export function relocated(source: SecretSource, cwd: string, directory: string): SecretSource {
  if (!("file" in source)) return source;
  const path = resolve(cwd, source.file);
  return path === source.file ? source : { file: relative(directory, path) };
}

/** A path as a file in a directory writes it: `./node_modules/…`, `../out`. */
export function shownFrom(directory: string, path: string): string {
  const short = relative(directory, path).replaceAll("\\", "/");
  return short.startsWith("..") ? short : `./${short}`;
}

function ledgerOf(cwd: string, { stack, directory, ledger }: HeadRequest): JsonObject | undefined {
  if (ledger === undefined) return undefined;
  if ("http" in ledger) return { http: httpOf(ledger.http, (source) => relocated(source, cwd, directory)) };
  const usual = join(directory, ".gateform", `${stack}.ledger.json`);
  return ledger.file === usual ? undefined : { file: shownFrom(directory, ledger.file) };
}

/** Without what reading fills in. */
function httpOf(place: HttpPlace, seen: (source: SecretSource) => SecretSource): JsonObject {
  const { address, lock_address, unlock_address, update_method, lock_method, unlock_method } = place;
  const { credential } = place;
  return {
    address,
    ...(lock_address === address ? {} : { lock_address }),
    ...(unlock_address === lock_address ? {} : { unlock_address }),
    ...(update_method === "POST" ? {} : { update_method }),
    ...(lock_method === "LOCK" ? {} : { lock_method }),
    ...(unlock_method === "UNLOCK" ? {} : { unlock_method }),
    ...(credential === undefined
      ? {}
      : "token" in credential
        ? { token: sourceMark(seen(credential.token)) }
        : { username: credential.username, password: sourceMark(seen(credential.password)) }),
  };
}

function sourceMark(source: SecretSource): { readonly $secret: { readonly source: JsonValue } } {
  // A source is JSON: texts and lists of texts.
  return { $secret: { source: source as unknown as JsonValue } };
}
