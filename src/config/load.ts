// Reading the configuration, from arguments to the desired resources: files → trees → one tree → values from the
// environment → checked document → desired. The only effects are reading files and standard input.

import { resolve } from "node:path";
import type { Address } from "../base/address.ts";
import type { Diagnostic, Position } from "../base/diagnostic.ts";
import type { SecretSource } from "../base/expression.ts";
import type { Desired, Policy, Scope } from "../model/desired.ts";
import { type AnyProvider, loginsOf } from "../provider/provider.ts";
import { reportReserved } from "./clashes.ts";
import { expandEnv } from "./env.ts";
import { type Layer, readLayers } from "./files.ts";
import { checkExclusive, checkRemoved } from "./head.ts";
import { layoutOf } from "./layout.ts";
import { checkLedgerHttp, type LedgerPlace, ledgerPlace, type WrittenLedger } from "./ledger-place.ts";
import { reportIgnored, reportSilenced } from "./lifecycle.ts";
import { join, overlay } from "./merge.ts";
import { readMoved } from "./moved.ts";
import { parseYaml } from "./parse.ts";
import { relocateSource } from "./paths.ts";
import type { RawProvider, RawResource } from "./raw.ts";
import { readDocument } from "./read.ts";
import { relate } from "./relate.ts";
import { createReport, type Report } from "./report.ts";
import { reportRotations } from "./rotation.ts";
import { SINK_TOKENS } from "./sinks.ts";
import { positionOf, type SourceFile } from "./source.ts";
import { type MapNode, markOf, placeAt } from "./tree.ts";

export interface LoadInput {
  /** The `-f` arguments in order; none means gateform.yaml or gateform.yml in `cwd`. */
  readonly files: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What `--env-allow` names: variable names in which `*` stands for any text. */
  readonly envAllow: readonly string[];
  readonly providers: readonly AnyProvider[];
  /** Missing variables are warnings, and nothing is said about what depends on them: for `validate`. */
  readonly lenientEnv: boolean;
  /** The text of standard input, for `-f -`. */
  readonly stdin?: () => Promise<string>;
}

export interface ProviderConfig {
  /** The block's own keys, `base_url` included, credentials not. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Where each credential comes from; the provider's default where the file says nothing. */
  readonly credentials: Readonly<Record<string, SecretSource>>;
  /** Where the files write the block's own keys. */
  readonly written: Readonly<Record<string, Position>>;
}

/** A place in the files, with the line's text where it may be shown. */
export interface Located {
  readonly position: Position;
  readonly snippet?: string;
}

export interface LoadedConfig {
  readonly desired: Desired;
  readonly ledger: LedgerPlace;
  /** Only the providers whose blocks are in the files. */
  readonly providers: Readonly<Record<string, ProviderConfig>>;
  /**
   * Where a declared resource, or the field at a dotted path in it, stands; the nearest thing around it where the
   * files do not have the field.
   */
  readonly locate: (address: Address, path?: string) => Located | undefined;
  /** Names of the files that were read, in order. */
  readonly sources: readonly string[];
}

/**
 * Reads the configuration.
 * @returns all diagnostics of all files, sorted; `config` only when none of them is an error.
 */
export async function loadConfig(
  input: LoadInput,
): Promise<{ config?: LoadedConfig; diagnostics: readonly Diagnostic[] }> {
  const report = createReport();
  return readConfig(input, await readLayers(input.files, input.cwd, input.stdin, report), report);
}

/** Reads the configuration from texts that are at hand: one layer of files. */
export function loadTexts(
  input: Omit<LoadInput, "files" | "stdin">,
  files: readonly SourceFile[],
): { config?: LoadedConfig; diagnostics: readonly Diagnostic[] } {
  return readConfig({ ...input, files: [] }, [files], createReport());
}

function readConfig(
  input: LoadInput,
  layers: readonly Layer[],
  report: Report,
): { config?: LoadedConfig; diagnostics: readonly Diagnostic[] } {
  const files = layers.flat();
  const complete = !report.failed();
  const trees = layers.flatMap((layer) => parseLayer(layer, report) ?? []);
  const [first] = files;
  // A file that cannot be read leaves the rest incomplete: its resources would look undeclared.
  if (first === undefined || !complete || trees.length < layers.length) {
    return { diagnostics: report.diagnostics() };
  }
  const merged = trees.reduce((below, tree) => overlay(below, tree, report), emptyRoot(first));
  const config = build(input, files, first, merged, report);
  const diagnostics = report.diagnostics();
  return report.failed() || config === undefined ? { diagnostics } : { config, diagnostics };
}

/** The files of one layer as one tree; `undefined` when one of them is not usable. */
function parseLayer(layer: readonly SourceFile[], report: Report): MapNode | undefined {
  const trees: MapNode[] = [];
  for (const file of layer) {
    const tree = parseYaml(file, report);
    if (tree?.type === "map") trees.push(tree);
    else if (tree !== undefined) {
      report.add("WRONG_TYPE", {
        message: "the file is not a map; expected keys such as version, stack and a provider's name",
        at: { file, start: tree.at.start, end: tree.at.start + 1 },
      });
    }
  }
  const [first, ...rest] = trees;
  if (first === undefined || trees.length < layer.length) return undefined;
  return rest.reduce((joined, tree) => join(joined, tree, report), first);
}

function emptyRoot(first: SourceFile): MapNode {
  return { type: "map", entries: new Map(), at: { file: first, start: 0, end: 0 } };
}

function build(
  input: LoadInput,
  files: readonly SourceFile[],
  first: SourceFile,
  merged: MapNode,
  report: Report,
): LoadedConfig | undefined {
  const layout = layoutOf(input.providers);
  const rules = {
    env: input.env,
    allow: input.envAllow,
    secret: [
      ...input.providers.flatMap(({ credentials }) => Object.values(credentials).map(({ env }) => env)),
      ...Object.values(SINK_TOKENS),
    ],
    implied: new Map(
      input.providers.flatMap((provider) =>
        loginsOf(provider).flatMap(({ settings }) =>
          Object.entries(settings).map(([name, env]) => [env, `${provider.name}.${name}`] as const),
        ),
      ),
    ),
    lenient: input.lenientEnv,
  };
  const root = expandEnv({ ...merged, at: { file: first, start: 0, end: 0 } }, rules, report);
  const raw = readDocument(root, layout, report);
  const related = relate(raw.resources, input.cwd, report);
  reportIgnored(raw.resources, report);
  // `headSchema` has checked it.
  reportRotations(raw.resources, raw.head?.policy as Partial<Policy> | undefined, report);
  const codes = input.providers.flatMap(({ checks }) => checks.map(({ code }) => code));
  reportSilenced(raw.resources, codes, report);
  checkExclusive(root, layout, report);
  const declared = new Map(raw.resources.map((resource) => [resource.address, resource]));
  checkRemoved(root, layout, new Set(declared.keys()), report);
  const moved = readMoved(root, layout, declared, report);
  checkLedgerHttp(root, input.providers, report);
  if (raw.head === undefined) return undefined;
  // `headSchema` has checked these members.
  const head = raw.head as {
    stack?: string;
    policy?: Partial<Policy>;
    removed?: string[];
    ledger?: WrittenLedger;
  };
  const stack = head.stack ?? "unknown";
  const ledger = ledgerPlace(root, first, stack, head.ledger, input.cwd);
  const reserved = [
    ...("file" in ledger ? [ledger.file] : []),
    ...files.map((file) => resolve(input.cwd, file.name)),
  ];
  reportReserved(related.resources, raw.resources, new Set(reserved), input.cwd, report);
  return {
    desired: {
      stack,
      policy: { prune: "owned", exclusive: [], max_deletes: 0, adopt: false, ...head.policy },
      resources: related.resources,
      scopes: uniqueScopes([...raw.scopes, ...related.scopes]),
      removed: head.removed ?? [],
      moved,
    },
    ledger,
    providers: Object.fromEntries(
      Object.entries(raw.providers).map(([name, provider]) => [name, connectable(provider, input.cwd)]),
    ),
    locate: locator(raw.resources, report),
    sources: files.map((file) => file.name),
  };
}

function connectable(provider: RawProvider, cwd: string): ProviderConfig {
  const credentials: Record<string, SecretSource> = {};
  for (const [name, source] of Object.entries(provider.credentials)) {
    credentials[name] = relocateSource(source, provider.node, [name], cwd);
  }
  return { settings: provider.settings, credentials, written: writtenIn(provider.node) };
}

function writtenIn({ entries }: MapNode): Readonly<Record<string, Position>> {
  return Object.fromEntries([...entries].map(([name, { key }]) => [name, positionOf(key)]));
}

function uniqueScopes(scopes: readonly Scope[]): readonly Scope[] {
  const byKey = new Map(
    scopes.map((scope) => [`${scope.kind}\n${scope.parent ?? ""}\n${scope.group ?? ""}`, scope]),
  );
  return [...byKey.values()];
}

function locator(resources: readonly RawResource[], report: Report): LoadedConfig["locate"] {
  const byAddress = new Map(resources.map((raw) => [raw.address, raw]));
  return (address, path) => {
    const raw = byAddress.get(address);
    if (raw === undefined) return undefined;
    const steps = path === undefined || path === "" ? [] : path.split(".");
    const span = steps.length === 0 ? raw.at : markOf(placeAt(raw.node, steps, raw.at));
    const snippet = report.snippet(span);
    return { position: positionOf(span), ...(snippet === undefined ? {} : { snippet }) };
  };
}
