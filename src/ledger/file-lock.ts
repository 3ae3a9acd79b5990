// A lock file, made with O_EXCL. A lock whose process is certainly gone is taken over; of several takers exactly
// one succeeds, because the swap happens under a second O_EXCL file and after a second look at the lock.

import { readFileSync, unlinkSync } from "node:fs";
import { open, unlink } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type FoundLock, LedgerError, type LedgerLock } from "./backend.ts";
import {
  describeHolder,
  isGone,
  isRunningHere,
  type LockHolder,
  parseHolder,
  thisHolder,
} from "./lock-holder.ts";
import { errnoOf, readWholeFile, reasonOf, remedyFor, replaceFile, sweepTemporaries } from "./whole-file.ts";

/** Milliseconds between two looks at a lock that somebody holds. */
const POLL = 100;
const UNLOCK = `once you are sure that no run is using the ledger, "gateform ledger unlock" removes it`;

/**
 * Takes the lock at `path`, whose directory must exist.
 * @param timeout milliseconds to wait for its holder; 0 asks once.
 * @param command what this process is, for the messages of others.
 * @throws LedgerError `LEDGER_LOCKED` or `LEDGER_IO`.
 */
export async function takeLock(
  path: string,
  options: { readonly timeout: number; readonly command: string; readonly signal?: AbortSignal },
): Promise<LedgerLock> {
  const mine = thisHolder(options.command);
  const deadline = performance.now() + options.timeout;
  for (;;) {
    const attempt = await guarded(path, () => attemptLock(path, mine));
    if (attempt.taken) return lockOf(path, mine, attempt.from);
    const left = deadline - performance.now();
    if (left <= 0) throw lockedError(path, attempt.by);
    await sleep(Math.min(POLL, left), undefined, options.signal ? { signal: options.signal } : {}).catch(
      () => {
        throw new LedgerError("LEDGER_LOCKED", `Interrupted while waiting for the lock ${path}.`);
      },
    );
  }
}

/** Removes the lock at `path`, unless its holder runs on this machine. @returns what was there. */
export async function breakLock(path: string): Promise<FoundLock> {
  return guarded(path, async () => {
    const guard = guardOf(path);
    // Under the guard, so that no take-over that is going on can put a lock back after this.
    if (!(await createExclusive(guard, thisHolder("ledger unlock")))) {
      const taker = await readLock(guard);
      if (taker !== null && taker !== "unreadable" && !isGone(taker)) {
        throw new LedgerError(
          "LEDGER_LOCKED",
          `The lock ${path} is being taken over by ${describeHolder(taker)}.`,
          "look again in a moment",
        );
      }
    }
    try {
      const holder = await readLock(path);
      if (holder !== null && holder !== "unreadable" && isRunningHere(holder)) {
        throw new LedgerError(
          "LEDGER_LOCKED",
          `The lock ${path} is held by ${describeHolder(holder)}, which is still running.`,
          "let it end, or end it; the lock goes with it",
        );
      }
      return (await remove(path)) ? found(holder) : { state: "free" };
    } finally {
      await remove(guard);
    }
  });
}

/** Who holds the lock at `path`. */
export async function lockState(path: string): Promise<FoundLock> {
  return found(await guarded(path, () => readLock(path)));
}

function found(holder: LockHolder | "unreadable" | null): FoundLock {
  if (holder === null) return { state: "free" };
  if (holder === "unreadable") return { state: "held", by: "a holder that the lock does not name" };
  const gone = isGone(holder) ? ", which has ended" : "";
  return { state: "held", by: `${describeHolder(holder)}${gone}` };
}

type Attempt =
  | { readonly taken: true; readonly from?: LockHolder }
  | { readonly taken: false; readonly by: LockHolder | "unreadable" | null };

async function attemptLock(path: string, mine: LockHolder): Promise<Attempt> {
  if (await createExclusive(path, mine)) return { taken: true };
  const holder = await readLock(path);
  if (holder === null || holder === "unreadable" || !isGone(holder)) return { taken: false, by: holder };
  const guard = guardOf(path);
  if (!(await createExclusive(guard, mine))) return { taken: false, by: holder };
  try {
    const now = await readLock(path);
    // Another taker was faster: what is there now is its lock, not the dead one.
    if (now === null || now === "unreadable" || now.token !== holder.token) return { taken: false, by: now };
    await sweepTemporaries(path);
    await replaceFile(path, printHolder(mine));
    return { taken: true, from: holder };
  } finally {
    await remove(guard);
  }
}

function lockOf(path: string, mine: LockHolder, from: LockHolder | undefined): LedgerLock {
  // Synchronous, so that it also works while the process ends without having released the lock.
  const release = () => {
    process.off("exit", release);
    try {
      // After `ledger unlock` the lock may be somebody else's.
      if (parseHolder(readFileSync(path, "utf8"))?.token === mine.token) unlinkSync(path);
    } catch {
      // Gone already, or not removable: the next run sees that this process has ended.
    }
  };
  process.once("exit", release);
  return {
    ...(from === undefined
      ? {}
      : {
          note: `Took over the ledger's lock from ${describeHolder(from)}, which has ended without releasing it.`,
        }),
    release: async () => release(),
  };
}

function lockedError(path: string, by: LockHolder | "unreadable" | null): LedgerError {
  if (by === null || by === "unreadable") {
    return new LedgerError(
      "LEDGER_LOCKED",
      `The ledger is locked by ${path}, which does not name its holder.`,
      UNLOCK,
    );
  }
  return new LedgerError(
    "LEDGER_LOCKED",
    `The ledger is locked by ${describeHolder(by)}; the lock is ${path}.`,
    `wait for that run, or give --lock-timeout; if it is gone, ${UNLOCK}`,
  );
}

/** Makes a file that must not be there yet. @returns false when it is there. */
async function createExclusive(path: string, holder: LockHolder): Promise<boolean> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(path, "wx", 0o600);
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    throw error;
  }
  try {
    await handle.writeFile(printHolder(holder));
  } catch (error) {
    await remove(path);
    throw error;
  } finally {
    await handle.close();
  }
  return true;
}

async function readLock(path: string): Promise<LockHolder | "unreadable" | null> {
  const read = await readWholeFile(path, { max: 65_536, follow_symlinks: false });
  if (read.state === "missing") return null;
  return (read.state === "read" ? parseHolder(read.bytes.toString("utf8")) : null) ?? "unreadable";
}

async function remove(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return false;
    throw error;
  }
}

async function guarded<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LedgerError || errnoOf(error) === undefined) throw error;
    throw new LedgerError(
      "LEDGER_IO",
      `The lock ${path} cannot be used: ${reasonOf(error)}.`,
      remedyFor(error),
    );
  }
}

function guardOf(path: string): string {
  return `${path}.takeover`;
}

function printHolder(holder: LockHolder): string {
  return `${JSON.stringify(holder, null, 2)}\n`;
}
