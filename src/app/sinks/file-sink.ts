// Writes a value to a file: mode 0600, in one step, where git does not track it. Other entries of a dotenv or json
// file stay; undo brings back what was there.

import { isUtf8 } from "node:buffer";
import { constants } from "node:fs";
import { access, lstat, mkdir, realpath, rmdir, stat, unlink } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { parseLedger } from "../../ledger/documents.ts";
import { errnoOf, readWholeFile, reasonOf, replaceFile, sweepTemporaries } from "../../ledger/whole-file.ts";
import type { FileSink } from "../../model/sink.ts";
import { dotenvFormat } from "./dotenv-format.ts";
import type { EntryFormat } from "./entry-format.ts";
import { refuseTracked } from "./git-guard.ts";
import { jsonFormat } from "./json-format.ts";
import { type SinkContext, type SinkDriver, SinkError } from "./sink.ts";

/** Bytes that a file may have already. */
const MAX_EXISTING = 1024 * 1024;
const FORMATS = { raw: null, dotenv: dotenvFormat, json: jsonFormat } as const;
const ENTRY_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** What `deliver` did, for `confirm` and `undo`. Lives in memory only, as it holds the value. */
interface Written {
  readonly bytes: Buffer;
  readonly before: Buffer | null;
  /** In a file of entries: ours, and the one that it replaced. */
  readonly entry?: { readonly source: string; readonly previous: string | null };
}

export function fileSink(file: FileSink, context: SinkContext): SinkDriver {
  const path = resolve(context.base, file.path);
  const target = relative(context.base, path).split(sep).join("/");
  const format: EntryFormat | null = FORMATS[file.format];
  const name = file.name ?? "";
  let written: Written | null = null;
  let madeDirectory: string | undefined;

  /** All checks; gives what is in the file now. */
  async function check(): Promise<Buffer | null> {
    if (format !== null && !ENTRY_NAME.test(name)) {
      throw new SinkError(
        "SINK_NAME",
        `The ${file.format} file ${target} needs the name of an entry: letters, digits and "_".`,
        `write "name" beside "path", such as AI_GATEWAY_API_KEY`,
      );
    }
    const directory = await existingDirectory(dirname(path), target);
    await refuseTracked(
      directory.real,
      join(directory.real, relative(directory.named, path)),
      target,
      context.env,
    );
    const read = await readWholeFile(path, { max: MAX_EXISTING, follow_symlinks: false });
    if (read.state === "missing") return null;
    if (read.state !== "read") {
      const what = {
        symlink: "a symbolic link",
        "not-a-file": "not a regular file",
        "too-large": "larger than 1 MiB",
      };
      throw new SinkError(
        "SINK_PATH",
        `The file ${target} is ${what[read.state]}.`,
        "deliver to a file of its own",
      );
    }
    // By its name a ledger of this run's is refused when the files are read; a link to its directory has another name.
    if ("ledger" in parseLedger(textOf(read.bytes), target))
      throw new SinkError("SINK_PATH", `The file ${target} is a ledger.`, "deliver to a file of its own");
    const fault = format === null ? null : faultOf(format, read.bytes);
    if (fault !== null) {
      throw new SinkError(
        "SINK_CONTENT",
        `The file ${target} ${fault}, so its other entries could not be kept.`,
        "mend or move the file, or deliver to another one",
      );
    }
    return read.bytes;
  }

  async function put(value: string): Promise<void> {
    const before = await check();
    const next = compose(format, name, value, before, target);
    madeDirectory = await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await sweepTemporaries(path);
    written = next;
    await replaceFile(path, next.bytes);
  }

  async function takeBack(): Promise<void> {
    if (written !== null) await restore(path, name, format, written);
    written = null;
    if (madeDirectory !== undefined) await removeEmpty(dirname(path), madeDirectory);
    madeDirectory = undefined;
  }

  return {
    try: () => guarded(target, () => check().then(() => undefined)),
    deliver: (value) =>
      inTurn(path, () =>
        guarded(target, async () => {
          await put(value.reveal());
          return { sink: "file", target, at: new Date(context.now()).toISOString() };
        }),
      ),
    confirm: () => guarded(target, () => confirm(path, target, name, format, written)),
    restores: true,
    undo: () => inTurn(path, () => guarded(target, takeBack)),
  };
}

function compose(
  format: EntryFormat | null,
  name: string,
  value: string,
  before: Buffer | null,
  target: string,
): Written {
  if (format === null) return { bytes: Buffer.from(value), before };
  const text = before === null ? "" : textOf(before);
  const previous = format.find(text, name);
  const source = format.encode(name, value, previous);
  if (source === null) {
    throw new SinkError(
      "SINK_VALUE",
      `The value for ${target} has characters that readers of this format do not read alike.`,
      'deliver it with "format: raw" or "format: json"',
    );
  }
  return { bytes: Buffer.from(format.put(text, name, source)), before, entry: { source, previous } };
}

async function confirm(
  path: string,
  target: string,
  name: string,
  format: EntryFormat | null,
  written: Written | null,
): Promise<void> {
  const read = await readWholeFile(path, { max: 2 * MAX_EXISTING, follow_symlinks: false });
  if (read.state === "read" && written !== null && holds(read.bytes, name, format, written)) return;
  throw new SinkError("SINK_LOST", `The value that was written to ${target} is not there any more.`);
}

function holds(now: Buffer, name: string, format: EntryFormat | null, { bytes, entry }: Written): boolean {
  if (now.equals(bytes)) return true;
  if (format === null || entry === undefined) return false;
  return faultOf(format, now) === null && format.find(textOf(now), name) === entry.source;
}

/** Leaves alone what somebody else has put there since: then nothing of ours is left to take back. */
async function restore(
  path: string,
  name: string,
  format: EntryFormat | null,
  written: Written,
): Promise<void> {
  const read = await readWholeFile(path, { max: 2 * MAX_EXISTING, follow_symlinks: false });
  if (read.state !== "read" || !holds(read.bytes, name, format, written)) return;
  const { before, entry } = written;
  let rest: string | Buffer | null = before;
  if (!read.bytes.equals(written.bytes) && format !== null && entry !== undefined) {
    // Another entry was written meanwhile, perhaps by another sink of this run; it stays.
    const text = format.put(textOf(read.bytes), name, entry.previous);
    rest = before === null && format.isEmpty(text) ? null : text;
  }
  if (rest === null) await unlink(path);
  else await replaceFile(path, rest);
}

/** The nearest directory at or above `directory` that is there, as named and without links. */
async function existingDirectory(
  directory: string,
  target: string,
): Promise<{ readonly named: string; readonly real: string }> {
  let named = directory;
  while (!(await exists(named)) && dirname(named) !== named) named = dirname(named);
  const isDirectory = await stat(named).then(
    (found) => found.isDirectory(),
    (error) => {
      if (errnoOf(error) === "ENOENT") return false; // a link that leads nowhere
      throw error;
    },
  );
  if (!isDirectory) {
    throw new SinkError("SINK_PATH", `The file ${target} cannot be made: ${named} is not a directory.`);
  }
  await access(named, constants.W_OK | constants.X_OK);
  return { named, real: await realpath(named) };
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    const code = errnoOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    throw error;
  }
}

/** Removes directories from `last` up to `first` as far as they are empty. */
async function removeEmpty(last: string, first: string): Promise<void> {
  for (let at = last; at.startsWith(first); at = dirname(at)) {
    try {
      await rmdir(at);
    } catch {
      return; // something else is in there by now
    }
  }
}

/** Sinks of one run may share a file; the file system is one for the process, and so is this. */
const turns = new Map<string, Promise<unknown>>();

/** Runs work on one path after the work before it, whatever became of that. */
function inTurn<T>(path: string, work: () => Promise<T>): Promise<T> {
  const mine = (turns.get(path) ?? Promise.resolve()).then(work, work);
  turns.set(path, mine);
  const done = () => {
    if (turns.get(path) === mine) turns.delete(path);
  };
  mine.then(done, done);
  return mine;
}

function faultOf(format: EntryFormat, bytes: Buffer): string | null {
  return isUtf8(bytes) ? format.fault(textOf(bytes)) : "is not UTF-8 text";
}

function textOf(bytes: Buffer): string {
  return bytes.toString("utf8");
}

async function guarded<T>(target: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SinkError || errnoOf(error) === undefined) throw error;
    throw new SinkError("SINK_IO", `The file ${target} cannot be written: ${reasonOf(error)}.`);
  }
}
