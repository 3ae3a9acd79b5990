// Writes throw-away files and reads them with the sample providers.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import type { Diagnostic } from "../../../src/base/diagnostic.ts";
import { type LoadedConfig, type LoadInput, loadConfig } from "../../../src/config/load.ts";
import { providers } from "./sample-providers.ts";

const made: string[] = [];

afterAll(() => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true });
});

/** A new directory with these files in it. */
export function directoryWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(tmpdir(), "gateform-config-"));
  made.push(root);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

export type Options = Partial<LoadInput>;

/** Loads files from a new directory; without `files` in the options, `gateform.yaml` in it. */
export async function loadFiles(files: Readonly<Record<string, string | Uint8Array>>, options: Options = {}) {
  const cwd = directoryWith(files);
  const result = await loadConfig({
    files: [],
    cwd,
    env: {},
    envAllow: [],
    providers,
    lenientEnv: false,
    ...options,
  });
  return { ...result, cwd };
}

/** A document with a head: what the test writes comes below. */
export function document(body: string): string {
  return `version: 1\nstack: test\n${body}`;
}

/** Loads one document that must be without mistake. */
export async function loadGood(body: string, options: Options = {}): Promise<LoadedConfig & { cwd: string }> {
  const { config, diagnostics, cwd } = await loadFiles({ "gateform.yaml": document(body) }, options);
  if (config === undefined) throw new Error(`not loaded: ${JSON.stringify(diagnostics, null, 2)}`);
  return { ...config, cwd };
}

/** All diagnostics of one document. */
export async function diagnose(body: string, options: Options = {}): Promise<readonly Diagnostic[]> {
  return (await loadFiles({ "gateform.yaml": document(body) }, options)).diagnostics;
}

/** The only diagnostic of one document that must have exactly one. */
export async function mistake(body: string, options: Options = {}): Promise<Diagnostic> {
  const diagnostics = await diagnose(body, options);
  const [first, ...rest] = diagnostics;
  if (first === undefined || rest.length > 0) {
    throw new Error(`wanted one diagnostic, got ${JSON.stringify(diagnostics, null, 2)}`);
  }
  return first;
}

/** `line:column` of a diagnostic. */
export function at(diagnostic: Diagnostic): string {
  return `${diagnostic.position?.line}:${diagnostic.position?.column}`;
}
