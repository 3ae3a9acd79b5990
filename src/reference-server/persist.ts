/**
 * The state on disk: read at the start, written whole after each change by temporary file and rename, so that
 * a reader never sees half of it. The file holds secret values and is readable by its owner only.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { parseState, type State } from "./state.ts";

/** @throws Error naming the file when it cannot be read, is not JSON, or is not a state. */
function readStateFile(path: string, what: string): State {
  const origin = `${what} ${path}`;
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`cannot read ${origin}: ${messageOf(error)}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which holds secrets.
    throw new Error(`${origin} is not JSON`);
  }
  return parseState(value, origin);
}

/** The state to start with: the data file if it exists, else the seed, else an empty account and team. */
export function initialState(dataFile: string | undefined, seedFile: string | undefined): State {
  if (dataFile !== undefined && existsSync(dataFile)) return readStateFile(dataFile, "data file");
  return seedState(seedFile);
}

/** What a reset goes back to. */
export function seedState(seedFile: string | undefined): State {
  if (seedFile !== undefined) return readStateFile(seedFile, "seed file");
  return parseState({}, "the empty state");
}

export function writeStateFile(path: string, state: State): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(state)}\n`, { mode: 0o600 });
  renameSync(temporary, path);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
