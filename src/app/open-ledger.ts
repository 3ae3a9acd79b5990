// Opens the ledger's place that a file names: a path, or a server with the credential that its reference gives.

import { relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describeSource } from "../base/expression.ts";
import type { HttpCredential, HttpPlace, LedgerPlace } from "../config/ledger-place.ts";
import { type LedgerBackend, LedgerError } from "../ledger/backend.ts";
import { fileBackend } from "../ledger/file-backend.ts";
import { httpBackend, MAX_ANSWER } from "../ledger/http-backend.ts";
import { type Auth, bearer } from "../provider/auth.ts";
import type { Network } from "../provider/network.ts";
import { openPlainHttp } from "../provider/plain-http.ts";
import { Secret } from "../provider/secret.ts";
import { checkLedgerHosts } from "./ledger-host.ts";
import { secretResolver } from "./secrets.ts";
import { sendAtExit } from "./send-at-exit.ts";

export interface OpenLedgerOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly cwd: string;
  /** What this process is, kept in the lock for the messages of others: `gateform apply`. */
  readonly command: string;
  /** Ends waiting for the lock. */
  readonly signal?: AbortSignal;
  /** Told what goes wrong after the work is done, such as a lock that cannot be given back. */
  readonly warn: (message: string) => void;
  readonly network: Network;
}

/** Commands that write the ledger, and may therefore run a command for its credential; the others only read. */
const WRITERS = ["apply", "rotate", "destroy", "adopt", "ledger forget", "ledger unlock"];

/**
 * Reads and connects to nothing yet.
 * @throws LedgerError for a server that the environment does not name.
 */
export function openLedger(place: LedgerPlace, options: OpenLedgerOptions): LedgerBackend {
  if ("http" in place) return openHttp(place.http, options);
  const { cwd, command, signal } = options;
  const shown = relative(cwd, place.file);
  return fileBackend({
    path: place.file,
    shown: shown.startsWith("..") ? place.file : shown,
    command,
    ...(signal === undefined ? {} : { signal }),
  });
}

function openHttp(place: HttpPlace, options: OpenLedgerOptions): LedgerBackend {
  checkLedgerHosts(place, options.env);
  const { credential, ...addresses } = place;
  const resolve = credential === undefined ? undefined : authOf(credential, options);
  let auth: Auth | undefined;
  const { send, hold } = openPlainHttp({
    name: "ledger",
    auth: async () => {
      auth ??= await resolve?.();
      return auth;
    },
    max_answer: MAX_ANSWER,
    // Without the signal: a run that is being stopped writes its ledger all the same.
    network: options.network,
  });
  return httpBackend(
    {
      ...addresses,
      send,
      hold,
      // A lock that is given back has been taken, so the credential has been resolved.
      sendAtExit: (request) => sendAtExit(request, auth, options.env),
      ...(credential === undefined ? {} : { credential: nameOf(credential) }),
      wait: (milliseconds, signal) =>
        sleep(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => undefined),
    },
    options,
  );
}

/** Resolves the credential when it is first needed, once. */
function authOf(credential: HttpCredential, options: OpenLedgerOptions): () => Promise<Auth> {
  const resolver = secretResolver({
    env: options.env,
    cwd: options.cwd,
    allowCommand: WRITERS.some((name) => options.command === `gateform ${name}`),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  return async () => {
    const resolved = await resolver.resolve("token" in credential ? credential.token : credential.password);
    if ("problem" in resolved) {
      const { message, hint } = resolved.problem;
      throw new LedgerError("LEDGER_ACCESS", `The ledger needs ${nameOf(credential)}. ${message}`, hint);
    }
    const { secret } = resolved;
    if ("token" in credential) return bearer(secret);
    const basic = new Secret(
      Buffer.from(`${credential.username}:${secret.reveal()}`, "utf8").toString("base64"),
    );
    return {
      headers: () => ({ authorization: `Basic ${basic.reveal()}` }),
      secrets: [secret, basic],
    };
  };
}

function nameOf(credential: HttpCredential): string {
  const [name, source] =
    "token" in credential
      ? (["token", credential.token] as const)
      : (["password", credential.password] as const);
  return `ledger.http.${name} (${describeSource(source)})`;
}
