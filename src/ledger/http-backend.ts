// The ledger on a server that speaks Terraform's HTTP state protocol
// (https://developer.hashicorp.com/terraform/language/backend/http; hashicorp/terraform
// internal/backend/remote-state/http/client.go): GET gives the state (200), or none (204, 404, an empty 200); the update
// method stores it (200, 201, 204), with `?ID=` of the lock. What is read or refused in any other way is an error, never
// "no ledger".

import type { Ledger } from "../model/ledger.ts";
import { type LedgerBackend, LedgerError, type LedgerErrorCode } from "./backend.ts";
import { refuseConflict } from "./conflict.ts";
import { MAX_DOCUMENT_SIZE, parseLedger, printLedger } from "./documents.ts";
import { breakHttpLock, type HttpLock, type HttpLockOptions, takeHttpLock } from "./http-lock.ts";
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

/** Largest answer that whoever sends the requests should read, in bytes. */
export const MAX_ANSWER = MAX_DOCUMENT_SIZE;

export function httpBackend(server: HttpServer, options: HttpLockOptions): LedgerBackend {
  const shown = shownUrl(server.address);
  /** Held by this backend; its id goes with every write. */
  let lock: HttpLock | null = null;

  async function read(): Promise<Ledger | null> {
    const request = { method: "GET", url: new URL(server.address) };
    const result = await ask(server, request);
    if (!("status" in result)) throw refusal(server, request, result);
    const { status, text } = result;
    if (status === 204 || (status === 404 && !isHiddenProject(result))) return null;
    if (status !== 200) throw refusal(server, request, result);
    return text === "" ? null : parse(result);
  }

  function parse(answer: HttpAnswer): Ledger {
    const parsed = parseLedger(answer.text, shown);
    if (!("problem" in parsed)) return parsed.ledger;
    if (isWebPage(answer)) {
      throw new LedgerError(
        "LEDGER_UNREADABLE",
        `The address of the ledger, ${shown}, gives a web page (status ${answer.status}) and no ledger.`,
        "check ledger.http.address, and whether a login page or proxy stands before the server",
      );
    }
    const { code, message, hint } = parsed.problem;
    throw new LedgerError(code as LedgerErrorCode, message, hint); // parseLedger gives these codes only
  }

  async function write(ledger: Ledger, expectedSerial: number): Promise<void> {
    refuseConflict(shown, await read(), ledger, expectedSerial);
    const text = printLedger(ledger);
    const request = updateRequest(text);
    for (let tries = 1; ; tries++) {
      const result = await server.send(request);
      if (isStored(result)) return;
      if (isFinal(result)) throw refusal(server, request, result);
      // It may have been stored all the same: looked up, never assumed.
      const now = await read();
      if (now !== null && printLedger(now) === text) return;
      refuseConflict(shown, now, ledger, expectedSerial);
      const delay = isPassing(result) ? backOff(tries, result) : null;
      if (delay === null) throw notStored(request, result);
      await server.hold(request, delay, reasonOf(result));
    }
  }

  function updateRequest(body: string): HttpRequest {
    const url = new URL(server.address);
    if (lock !== null) url.searchParams.set("ID", lock.id);
    return { method: server.update_method, url, body };
  }

  function notStored(request: HttpRequest, result: HttpAnswer | NoAnswer): LedgerError {
    if ("status" in result && [409, 423].includes(result.status)) {
      return new LedgerError(
        "LEDGER_CONFLICT",
        `The ledger ${shown} was not written: its server says that somebody else holds the lock now (${result.status}).`,
        "somebody removed this run's lock; run plan again when no other run is using the ledger",
      );
    }
    if ("status" in result && result.status === 412) {
      return new LedgerError(
        "LEDGER_CONFLICT",
        `The ledger ${shown} was not written: its server says that what is stored is not what this run started from (412).`,
        "run plan again when no other run is using the ledger; adopt what is reported as not owned",
      );
    }
    return refusal(server, request, result);
  }

  return {
    describe: () => `http ${shown}`,
    read,
    write,
    lock: async (timeout) => {
      const taken = await takeHttpLock(server, timeout, options);
      lock = taken;
      return {
        release: async () => {
          await taken.release();
          if (lock === taken) lock = null;
        },
      };
    },
    lockState: async () => ({ state: "unknown" }),
    breakLock: () => breakHttpLock(server, options),
  };
}

function isStored(result: HttpAnswer | NoAnswer): boolean {
  return "status" in result && [200, 201, 204].includes(result.status) && !isWebPage(result);
}

/** Refused before it could be stored, by what another look cannot change. */
function isFinal(result: HttpAnswer | NoAnswer): boolean {
  if (!("status" in result)) return result.outcome === "not-applied" && result.refused !== "unavailable";
  return [400, 401, 403, 404, 405, 413, 501].includes(result.status);
}
