// The lock of an http ledger: Terraform's lock and unlock calls
// (https://developer.hashicorp.com/terraform/language/backend/http; hashicorp/terraform
// internal/backend/remote-state/http/client.go `Lock`, `Unlock`): 200 is done, 423 or 409 with the holder's lock info is
// held. Unlike Terraform's backend this one never goes on without a lock.

import { type FoundLock, LedgerError, type LedgerLock } from "./backend.ts";
import {
  ask,
  backOff,
  type HttpAnswer,
  type HttpRequest,
  type HttpServer,
  isHiddenProject,
  isPassing,
  isWebPage,
  type NoAnswer,
  reasonOf,
  refusal,
  shownUrl,
} from "./http-server.ts";
import { isGone, isRunningHere, thisHolder } from "./lock-holder.ts";
import { type HeldBy, type LockInfo, lockInfoOf, readHeldBy } from "./lock-info.ts";

/** Milliseconds between two looks at a lock that somebody holds: the first wait, and the longest. */
const FIRST_LOOK = 200;
const LAST_LOOK = 5_000;

export interface HttpLockOptions {
  readonly command: string;
  /** Ends waiting for the lock. */
  readonly signal?: AbortSignal;
  /** Told when a lock could not be given back. */
  readonly warn: (message: string) => void;
}

/** A lock with the id that updates must carry while it is held. */
export interface HttpLock extends LedgerLock {
  readonly id: string;
}

/**
 * Takes the lock.
 * @param timeout milliseconds to wait for its holder; 0 asks once.
 */
export async function takeHttpLock(
  server: HttpServer,
  timeout: number,
  options: HttpLockOptions,
): Promise<HttpLock> {
  const info = lockInfoOf(thisHolder(options.command));
  const deadline = performance.now() + timeout;
  /** Id of a lock whose holder has ended. */
  let leftBehind: string | undefined;
  for (let look = FIRST_LOOK; ; look = Math.min(LAST_LOOK, look * 1.5)) {
    const held = await tryLock(server, info);
    if (held === "mine") return lockOf(server, info, options);
    if (held !== null && held.holder !== null && isGone(held.holder)) {
      // It may have given the lock back and ended while the answer was on its way; the next one shows it.
      if (held.id === leftBehind) throw staleError(server, held);
      const first = leftBehind === undefined;
      leftBehind = held.id;
      if (first) continue;
    }
    const left = deadline - performance.now();
    if (left <= 0) throw lockedError(server, held);
    await server.wait(Math.min(look, left), options.signal);
    if (options.signal?.aborted === true) {
      throw new LedgerError("LEDGER_LOCKED", `Interrupted while waiting for the lock on ${shown(server)}.`);
    }
  }
}

/** Removes the lock, unless its holder runs on this machine. @returns what was there. */
export async function breakHttpLock(server: HttpServer, options: HttpLockOptions): Promise<FoundLock> {
  // The protocol has no way to look at a lock but to ask for it.
  const info = lockInfoOf(thisHolder(options.command));
  const held = await tryLock(server, info);
  if (held === "mine") {
    await unlock(server, info);
    return { state: "free" };
  }
  if (held === null) {
    throw new LedgerError(
      "LEDGER_LOCKED",
      `The server does not say who holds the lock on ${shown(server)}, so it cannot be told which one to remove.`,
      "remove it at the server",
    );
  }
  if (held.holder !== null && isRunningHere(held.holder)) {
    throw new LedgerError(
      "LEDGER_LOCKED",
      `The lock on ${shown(server)} is held by ${held.words}, which is still running.`,
      "let it end, or end it; the lock goes with it",
    );
  }
  if ((await unlock(server, { ...info, ID: held.id })) === "given back")
    return { state: "held", by: held.words };
  throw new LedgerError(
    "LEDGER_LOCKED",
    `The lock on ${shown(server)} changed hands while it was being removed.`,
    "look again in a moment",
  );
}

/** @returns `mine`, or who holds it, `null` when the server does not say. */
async function tryLock(server: HttpServer, info: LockInfo): Promise<"mine" | HeldBy | null> {
  const request = lockRequest(server, info);
  // A lost answer may be asked for again: whether the lock is ours can be told by its id.
  let unsure = false;
  const result = await ask(server, request, (tried) => {
    unsure ||= mayHaveLocked(tried);
  });
  if ("status" in result) {
    if (result.status === 200 && !isWebPage(result)) return "mine";
    if (result.status === 423 || result.status === 409) {
      const held = readHeldBy(result.text, result.clean);
      return held?.id === info.ID ? "mine" : held;
    }
  }
  // By its id: what another run holds stays.
  if (unsure) await server.send(unlockRequest(server, info));
  if ("status" in result && [404, 405, 501].includes(result.status) && !isHiddenProject(result)) {
    throw noLockError(server, request, result);
  }
  throw refusal(server, request, result);
}

/** Whether the lock may be held after a try that did not say so: its answer was lost, or is none of the protocol's. */
function mayHaveLocked(result: HttpAnswer | NoAnswer): boolean {
  if (!("status" in result)) return result.outcome === "unknown";
  return (result.status < 300 || result.status >= 500) && result.status !== 501;
}

function lockOf(server: HttpServer, info: LockInfo, { warn }: HttpLockOptions): HttpLock {
  const atExit = () => server.sendAtExit(unlockRequest(server, info));
  process.once("exit", atExit);
  let released: Promise<void> | undefined;
  const release = async () => {
    try {
      if ((await unlock(server, info)) === "not held") {
        warn(
          `The lock on ${shown(server)} was no longer this run's at its end: somebody removed it meanwhile.`,
        );
      }
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      // What the run did is done and stored; that it is not undone by an error is worth more than the lock.
      warn(
        `The lock on ${shown(server)} could not be given back for certain. ${error.message} Where it is still held, "gateform ledger unlock" removes it.`,
      );
    } finally {
      process.off("exit", atExit);
    }
  };
  return {
    id: info.ID,
    release: () => {
      released ??= release();
      return released;
    },
  };
}

async function unlock(server: HttpServer, info: LockInfo): Promise<"given back" | "not held"> {
  const request = unlockRequest(server, info);
  let unsure = false;
  for (let tries = 1; ; tries++) {
    const result = await server.send(request);
    if ("status" in result && [200, 204].includes(result.status) && !isWebPage(result)) return "given back";
    // A try whose answer was lost may have removed it.
    if (isNotHeld(result)) return unsure ? "given back" : "not held";
    unsure ||= isPassing(result);
    const delay = isPassing(result) ? backOff(tries, result) : null;
    if (delay === null) throw refusal(server, request, result);
    await server.hold(request, delay, reasonOf(result));
  }
}

function isNotHeld(result: HttpAnswer | NoAnswer): boolean {
  return "status" in result && [404, 409, 423].includes(result.status);
}

function lockRequest(server: HttpServer, info: LockInfo): HttpRequest {
  return { method: server.lock_method, url: new URL(server.lock_address), body: JSON.stringify(info) };
}

function unlockRequest(server: HttpServer, info: LockInfo): HttpRequest {
  return { method: server.unlock_method, url: new URL(server.unlock_address), body: JSON.stringify(info) };
}

function noLockError(server: HttpServer, { method, url }: HttpRequest, { status }: HttpAnswer): LedgerError {
  return new LedgerError(
    "LEDGER_NO_LOCK",
    `The ledger's server ${url.host} answered ${status} to ${method} ${url.pathname}: it cannot lock, or does so at another address or by another method. A ledger is never written without a lock.`,
    server.lock_address === server.address
      ? "write lock_address, lock_method, unlock_address and unlock_method under `ledger.http`; for GitLab: ADDRESS/lock with POST and DELETE"
      : "check lock_address and lock_method under `ledger.http`",
  );
}

function lockedError(server: HttpServer, held: HeldBy | null): LedgerError {
  return new LedgerError(
    "LEDGER_LOCKED",
    held === null
      ? `The ledger ${shown(server)} is locked; its server does not say by whom.`
      : `The ledger ${shown(server)} is locked by ${held.words}.`,
    `wait for that run, or give --lock-timeout; once you are sure that it is gone, "gateform ledger unlock" removes its lock`,
  );
}

function staleError(server: HttpServer, held: HeldBy): LedgerError {
  return new LedgerError(
    "LEDGER_LOCK_STALE",
    `The ledger ${shown(server)} is locked by ${held.words}. That process has ended without giving the lock back.`,
    `"gateform ledger unlock" removes the lock`,
  );
}

function shown(server: HttpServer): string {
  return shownUrl(server.address);
}
