// Keeps what gateform prints and writes during a run of the whole suite, and the secrets that are known meanwhile, so
// that scripts/test.mjs can look for the ones in the others afterwards. Without GATEFORM_TEST_KEPT, which names the
// directory for it, nothing is kept: single tests are as fast as ever.

import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { expect } from "vitest";

/** One kept text; its bytes are in the pack beside the index. */
export interface KeptText {
  /** Path of the test file from `test/` on. */
  readonly test: string;
  /** `stdout of gateform plan`, or the path of a file in its directory. */
  readonly name: string;
  /** Bytes in the pack. */
  readonly at: number;
  readonly length: number;
}

/** A value that was known during the run. */
export interface KeptSecret {
  readonly test: string;
  /** Where the value comes from: `OPENAI_API_KEY`. */
  readonly what: string;
  readonly value: string;
}

export interface Keeper {
  /** @param name as places.ts has it. Equal texts of one name are kept once. */
  readonly text: (name: string, content: string | Uint8Array) => void;
  /** Notes a value that must be nowhere; `what` is where it comes from. */
  readonly secret: (what: string, value: string) => void;
}

/** Files of its own in the directory: others keep there, too. */
export function openKeeper(directory: string): Keeper {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, randomUUID());
  const open = (extension: string): number => openSync(`${path}.${extension}`, "a");
  const [pack, index, secrets] = [open("pack"), open("index"), open("secrets")];
  const texts = new Set<string>();
  const known = new Set<string>();
  let end = 0;
  return {
    text(name, content) {
      if (content.length === 0) return;
      const bytes = typeof content === "string" ? Buffer.from(content) : content;
      const test = testFile();
      const hash = createHash("sha1").update(`${test}\n${name}\n`).update(bytes).digest("base64");
      if (texts.has(hash)) return;
      texts.add(hash);
      const entry: KeptText = { test, name, at: end, length: bytes.length };
      writeSync(pack, bytes);
      writeSync(index, `${JSON.stringify(entry)}\n`);
      end += bytes.length;
    },
    secret(what, value) {
      if (value === "" || known.has(`${what}\n${value}`)) return;
      known.add(`${what}\n${value}`);
      const entry: KeptSecret = { test: testFile(), what, value };
      writeSync(secrets, `${JSON.stringify(entry)}\n`);
    },
  };
}

const directory = process.env.GATEFORM_TEST_KEPT;
const keeper = directory === undefined ? undefined : openKeeper(directory);

/** True while the whole suite runs: what only makes something to be searched may cost time. */
export const keeping = keeper !== undefined;

export function keepText(name: string, content: string | Uint8Array): void {
  keeper?.text(name, content);
}

export function keepSecret(what: string, value: string): void {
  // Unit tests make do with words where no secret leaves a function; what they take from canary() is looked for.
  if (!what.startsWith("canary ") && testFile().startsWith("unit/")) return;
  keeper?.secret(what, value);
}

const CONFIDENTIAL = /KEY|TOKEN|SECRET|PASSWORD/;

/** Notes the secrets among the variables of a run: by their names, and passwords of proxies. */
export function keepSecretsOf(env: Readonly<Record<string, string | undefined>>): void {
  if (!keeping) return;
  for (const [name, value = ""] of Object.entries(env)) {
    if (CONFIDENTIAL.test(name)) keepSecret(name, value);
    else if (/_PROXY$/i.test(name) && URL.canParse(value)) {
      keepSecret(name, decodeURIComponent(new URL(value).password));
    }
  }
}

/** Notes every secret that a reference server has held: values that it made, and those that it was given. */
export async function keepSecretsOfServer(control_url: string): Promise<void> {
  if (!keeping) return;
  const answer = await fetch(`${control_url}/secrets`);
  // The server's own form of its secrets.
  const secrets = (await answer.json()) as readonly { readonly where: string; readonly value: string }[];
  for (const { where, value } of secrets) keepSecret(`${where} of a server`, value);
}

/**
 * Keeps all files below a directory.
 * @param given path of a file → what the test itself put there: what is still the same was not written by gateform.
 */
export function keepFiles(root: string, given: ReadonlyMap<string, string>): void {
  if (!keeping) return;
  for (const path of filesBelow(root)) {
    try {
      const bytes = readFileSync(path);
      if (given.get(path) !== bytes.toString()) keepText(relative(root, path).split(sep).join("/"), bytes);
    } catch {
      // Gone meanwhile, or made unreadable by the test.
    }
  }
}

/** Links are not followed: what they lead to is kept where it is. */
export function filesBelow(root: string): readonly string[] {
  try {
    return readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}

function testFile(): string {
  const path = expect.getState().testPath ?? "";
  return path.slice(path.lastIndexOf(`${sep}test${sep}`) + 6);
}
