// The places that a ledger can have, for the cases that must hold in each of them.

import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { LedgerBackend } from "../../../src/ledger/backend.ts";
import { fileBackend } from "../../../src/ledger/file-backend.ts";
import { httpBackend, MAX_ANSWER } from "../../../src/ledger/http-backend.ts";
import type { LockHolder } from "../../../src/ledger/lock-holder.ts";
import { lockInfoOf } from "../../../src/ledger/lock-info.ts";
import { bearer } from "../../../src/provider/auth.ts";
import { openNetwork } from "../../../src/provider/network.ts";
import { openPlainHttp } from "../../../src/provider/plain-http.ts";
import { Secret } from "../../../src/provider/secret.ts";
import { type StateServer, startStateServer } from "./state-server.ts";

export interface Place {
  /** A backend as another run would open it. */
  readonly open: (signal?: AbortSignal) => LedgerBackend;
  readonly stored: () => Promise<string | null>;
  readonly store: (text: string | null) => Promise<void>;
  /** Puts a lock there, as its holder left it. */
  readonly plantLock: (holder: LockHolder) => Promise<void>;
  readonly locked: () => Promise<boolean>;
  readonly close: () => Promise<void>;
}

export const PLACES: readonly (readonly [string, () => Promise<Place>])[] = [
  ["a file", filePlace],
  ["a server with LOCK and UNLOCK", async () => httpPlace(await startStateServer("terraform"))],
  ["a server like GitLab's", async () => httpPlace(await startStateServer("gitlab"))],
];

async function filePlace(): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), "gateform-place-"));
  const path = join(directory, "state", "acme.ledger.json");
  const textOf = (file: string) => readFile(file, "utf8").catch(() => null);
  const put = async (file: string, text: string) => {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  };
  return {
    open: (signal) =>
      fileBackend({ path, command: "gateform apply", ...(signal === undefined ? {} : { signal }) }),
    stored: () => textOf(path),
    store: (text) => (text === null ? rm(path) : put(path, text)),
    plantLock: (holder) => put(`${path}.lock`, JSON.stringify(holder)),
    locked: async () => (await textOf(`${path}.lock`)) !== null,
    close: () => rm(directory, { recursive: true, force: true }),
  };
}

function httpPlace(server: StateServer): Place {
  return {
    open: (signal) => backendOf(server, signal === undefined ? {} : { signal }),
    stored: async () => server.state,
    store: async (text) => {
      server.state = text;
    },
    plantLock: async (holder) => {
      server.lock = { ...lockInfoOf(holder) };
    },
    locked: async () => server.lock !== null,
    close: server.close,
  };
}

export interface BackendOptions {
  readonly signal?: AbortSignal;
  readonly token?: string;
  readonly credential?: string;
  readonly warn?: (message: string) => void;
}

/** A backend that waits for nothing between its tries. */
export function backendOf(server: StateServer, options: BackendOptions = {}): LedgerBackend {
  const { address, lock_address, unlock_address, update_method, lock_method, unlock_method } = server;
  const { token, credential, signal, warn = () => undefined } = options;
  return httpBackend(
    {
      ...{ address, lock_address, unlock_address, update_method, lock_method, unlock_method },
      ...openPlainHttp({
        name: "ledger",
        auth: async () => (token === undefined ? undefined : bearer(new Secret(token))),
        max_answer: MAX_ANSWER,
        network: openNetwork({ env: {}, parallelism: 1 }),
      }),
      sendAtExit: () => undefined,
      ...(credential === undefined ? {} : { credential }),
      hold: async () => undefined,
      wait: async () => undefined,
    },
    { command: "gateform apply", warn, ...(signal === undefined ? {} : { signal }) },
  );
}
