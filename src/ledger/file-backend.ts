// The ledger as a local file: replaced atomically, mode 0600, locked by a file beside it.

import { lstat, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { Ledger } from "../model/ledger.ts";
import { type LedgerBackend, LedgerError, type LedgerErrorCode } from "./backend.ts";
import { refuseConflict } from "./conflict.ts";
import { MAX_DOCUMENT_SIZE, parseLedger, printLedger } from "./documents.ts";
import { breakLock, lockState, takeLock } from "./file-lock.ts";
import { errnoOf, readWholeFile, reasonOf, remedyFor, replaceFile, sweepTemporaries } from "./whole-file.ts";

export interface FileBackendOptions {
  /** Absolute path of the ledger. */
  readonly path: string;
  /** The path as messages show it; the default is `path`. */
  readonly shown?: string;
  /** What this process is, kept in the lock for the messages of others: `gateform apply`. */
  readonly command?: string;
  /** Ends waiting for the lock. */
  readonly signal?: AbortSignal;
}

/** What identifies a stored ledger, with the file's own marks by which a change is noticed without reading it. */
interface Stored {
  readonly marks: string;
  readonly serial: number;
  readonly lineage: string;
}

export function fileBackend(options: FileBackendOptions): LedgerBackend {
  const { path } = options;
  const shown = options.shown ?? path;
  const lockPath = `${path}.lock`;
  let known: Stored | null = null;

  async function read(): Promise<Ledger | null> {
    const marks = await marksOf(path);
    const file = await readWholeFile(path, { max: MAX_DOCUMENT_SIZE, follow_symlinks: false });
    if (file.state === "missing") {
      known = null;
      return null;
    }
    if (file.state !== "read") throw placeError(shown, file.state);
    const parsed = parseLedger(file.bytes.toString("utf8"), shown);
    if ("problem" in parsed) {
      const { code, message, hint } = parsed.problem;
      throw new LedgerError(code as LedgerErrorCode, message, hint); // parseLedger gives these codes only
    }
    known = { marks, serial: parsed.ledger.serial, lineage: parsed.ledger.lineage };
    return parsed.ledger;
  }

  async function stored(): Promise<Pick<Stored, "serial" | "lineage"> | null> {
    if (known !== null && (await marksOf(path)) === known.marks) return known;
    return read();
  }

  async function write(ledger: Ledger, expectedSerial: number): Promise<void> {
    const before = await stored();
    refuseConflict(shown, before, ledger, expectedSerial);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await replaceFile(path, printLedger(ledger));
    known = { marks: await marksOf(path), serial: ledger.serial, lineage: ledger.lineage };
  }

  return {
    describe: () => `file ${shown}`,
    read: () => orLedgerError(shown, "read", read),
    write: (ledger, expectedSerial) => orLedgerError(shown, "written", () => write(ledger, expectedSerial)),
    lock: (timeout) =>
      orLedgerError(shown, "locked", async () => {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        const { command = "gateform", signal } = options;
        const lock = await takeLock(lockPath, {
          timeout,
          command,
          ...(signal === undefined ? {} : { signal }),
        });
        // Nobody else writes now, so what is left of earlier writes is left for good.
        await sweepTemporaries(path);
        return lock;
      }),
    lockState: () => lockState(lockPath),
    breakLock: () => breakLock(lockPath),
  };
}

/** Inode, size and times: a replaced or edited file has others. Empty when there is no regular file. */
async function marksOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await lstat(path, { bigint: true });
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return "";
    throw error;
  }
}

function placeError(shown: string, state: "symlink" | "not-a-file" | "too-large"): LedgerError {
  if (state === "too-large") {
    return new LedgerError(
      "LEDGER_UNREADABLE",
      `The ledger ${shown} is larger than ${MAX_DOCUMENT_SIZE} bytes.`,
      "no ledger is that large: see what wrote the file, and restore it from a backup",
    );
  }
  return new LedgerError(
    "LEDGER_PATH",
    `The ledger ${shown} is ${state === "symlink" ? "a symbolic link" : "not a regular file"}; a ledger is a file of its own.`,
    "name the file itself in `ledger.file`",
  );
}

async function orLedgerError<T>(shown: string, done: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LedgerError || errnoOf(error) === undefined) throw error;
    throw new LedgerError(
      "LEDGER_IO",
      `The ledger ${shown} cannot be ${done}: ${reasonOf(error)}.`,
      remedyFor(error),
    );
  }
}
