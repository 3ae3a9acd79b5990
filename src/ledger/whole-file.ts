// Whole files: read without being led astray, replaced in one step. A reader sees the old content or the new
// one, never a part, also after a crash or a power cut.

import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { open, readdir, rename, statfs, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

export type FileReading =
  | { readonly state: "read"; readonly bytes: Buffer }
  | { readonly state: "missing" }
  | { readonly state: "symlink" }
  /** A directory, device, pipe or socket, or what the system shows of processes. */
  | { readonly state: "not-a-file" }
  | { readonly state: "too-large" };

/**
 * Reads a regular file. Never blocks on a pipe, never reads more than `max` bytes.
 * @throws the system's error for everything that is no state of `FileReading`.
 */
export async function readWholeFile(
  path: string,
  options: { readonly max: number; readonly follow_symlinks: boolean },
): Promise<FileReading> {
  // Windows has neither flag; there they are undefined, which counts as 0.
  const flags =
    constants.O_RDONLY | constants.O_NONBLOCK | (options.follow_symlinks ? 0 : constants.O_NOFOLLOW);
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(path, flags);
  } catch (error) {
    const code = errnoOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return { state: "missing" };
    if (code === "ELOOP" || code === "EMLINK") return { state: "symlink" };
    if (code === "EISDIR" || code === "ENXIO") return { state: "not-a-file" };
    throw error;
  }
  try {
    const { size, isFile } = await handle.stat().then((stat) => ({ size: stat.size, isFile: stat.isFile() }));
    if (!isFile || (await showsProcesses(path))) return { state: "not-a-file" };
    if (size > options.max) return { state: "too-large" };
    const bytes = await handle.readFile();
    return bytes.length > options.max ? { state: "too-large" } : { state: "read", bytes };
  } finally {
    await handle.close();
  }
}

/** Type of Linux's proc file system, as statfs(2) gives it. */
const PROC = 0x9fa0;

/**
 * Whether a path leads to what the system shows of processes, such as /proc/self/environ: it has all variables of the
 * run in it, every credential too, and whoever writes a file that names it must not get at them.
 */
export async function showsProcesses(path: string): Promise<boolean> {
  const found = await statfs(path).catch(() => undefined);
  return found?.type === PROC;
}

/**
 * Replaces or makes a file: written beside it, synced, renamed, directory synced.
 * @param mode whatever it was before; the process's mask is applied.
 * @throws the system's error; the old content is then still there.
 */
export async function replaceFile(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const temporary = join(dirname(path), `${temporaryPrefix(path)}${randomBytes(8).toString("hex")}.tmp`);
  // "wx" fails on anything that is there already, a planted link included.
  const handle = await open(temporary, "wx", mode);
  try {
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** Removes what crashes between writing and renaming have left beside `path`. */
export async function sweepTemporaries(path: string): Promise<void> {
  const prefix = temporaryPrefix(path);
  const names = await readdir(dirname(path)).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(prefix) || !/^[0-9a-f]{16}\.tmp$/.test(name.slice(prefix.length))) continue;
    await unlink(join(dirname(path), name)).catch(() => undefined);
  }
}

/** Makes renames and removals in a directory last. Not every system can sync one; those that cannot need not. */
async function syncDirectory(path: string): Promise<void> {
  try {
    const handle = await open(path, constants.O_RDONLY);
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    if (!["EISDIR", "EPERM", "EACCES", "EINVAL", "ENOTSUP", "EBADF"].includes(errnoOf(error) ?? ""))
      throw error;
  }
}

function temporaryPrefix(path: string): string {
  return `.${basename(path)}.`;
}

export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** What to do about a system error. */
export function remedyFor(error: unknown): string {
  const code = errnoOf(error) ?? "";
  if (["ENOSPC", "EDQUOT", "EFBIG"].includes(code)) return "make room there, and run it again";
  if (["EACCES", "EPERM", "EROFS"].includes(code))
    return "give this user the right to write there, or name another place under `ledger`";
  return "see what is at that place, or name another under `ledger`";
}

/** A system error in words, without its path and without anything that was read. */
export function reasonOf(error: unknown): string {
  const code = errnoOf(error) ?? "unknown error";
  const words: Readonly<Record<string, string>> = {
    EACCES: "permission denied",
    EPERM: "operation not permitted",
    ENOSPC: "the disk is full",
    EDQUOT: "the disk quota is used up",
    EROFS: "the file system is read-only",
    EFBIG: "the file would be larger than this process may write",
    EEXIST: "something else is in the way",
    ENOENT: "a part of the path is not there",
    ENOTDIR: "a part of the path is not a directory",
    EISDIR: "a directory is in its place",
    EMFILE: "too many files are open",
    EIO: "the disk failed",
    ENAMETOOLONG: "the name is too long",
  };
  return Object.hasOwn(words, code) ? `${words[code]} (${code})` : code;
}
