// The port that every place for ledgers fills: read, write with an expected serial, lock. Knows no place itself.

import type { Ledger } from "../model/ledger.ts";

export type LedgerErrorCode =
  | "LEDGER_NEWER" // written by a newer gateform
  | "LEDGER_UNREADABLE" // not a ledger, or damaged
  | "LEDGER_CONFLICT" // what is stored is not what this run started from
  | "LEDGER_LOCKED" // another run holds the lock
  | "LEDGER_LOCK_STALE" // a lock whose holder cannot be shown to be alive or gone
  | "LEDGER_PATH" // the place is no place for a ledger
  | "LEDGER_ACCESS" // the ledger's server refuses the credential, or there is none to show it
  | "LEDGER_HOST" // the ledger's server is one that only a file names
  | "LEDGER_NO_LOCK" // the ledger's server cannot lock
  | "LEDGER_IO"; // the file system or the network refused

/** What a ledger's place refused. The message says what was found, the hint what to do. */
export class LedgerError extends Error {
  readonly code: LedgerErrorCode;
  readonly hint: string | undefined;

  constructor(code: LedgerErrorCode, message: string, hint?: string) {
    super(message);
    this.name = "LedgerError";
    this.code = code;
    this.hint = hint;
  }
}

export interface LedgerLock {
  /** Said to the user when the lock was taken over from a run that is gone. */
  readonly note?: string;
  /** Gives the lock back. Safe to call again. */
  release(): Promise<void>;
}

/** A lock that was looked at. */
export type FoundLock =
  | { readonly state: "free" }
  /** `by` names the holder; for people. */
  | { readonly state: "held"; readonly by: string };

/** What can be told of a lock without touching it: some places tell only those who try to lock them. */
export type LockState = FoundLock | { readonly state: "unknown" };

/** All functions throw `LedgerError` and nothing else for what their place refuses. */
export interface LedgerBackend {
  /** Names the place for messages. */
  describe(): string;
  /** The stored ledger, `null` when there is none. */
  read(): Promise<Ledger | null>;
  /**
   * Replaces the stored ledger as a whole, durably.
   * @param expectedSerial serial of what is stored now, 0 when nothing is. Another serial, or another lineage
   * than the new ledger's, is `LEDGER_CONFLICT` and changes nothing.
   */
  write(ledger: Ledger, expectedSerial: number): Promise<void>;
  /**
   * Takes the lock that keeps other runs out.
   * @param timeout milliseconds to wait for another holder; 0 asks once.
   */
  lock(timeout: number): Promise<LedgerLock>;
  /** Who holds the lock; reads only. */
  lockState(): Promise<LockState>;
  /**
   * Removes the lock, whoever held it: `gateform ledger unlock`. Fails with `LEDGER_LOCKED` where the holder is
   * known to be still running. @returns what was found there, and is there no more.
   */
  breakLock(): Promise<FoundLock>;
}
