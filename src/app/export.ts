// `gateform export`: reads what is live and makes the files that declare it. Writes nothing anywhere. What it made
// is read again and planned before anybody gets it: it has to be valid, and to change nothing.

import { type Diagnostic, sortDiagnostics } from "../base/diagnostic.ts";
import { compareText } from "../base/json.ts";
import { type ExportFile, exportFiles } from "../config/export/files.ts";
import { fitToSpecs } from "../config/export/fit.ts";
import type { LedgerPlace } from "../config/ledger-place.ts";
import { exportLive, listExported, listLeftOut } from "../engine/export.ts";
import {
  isInFile,
  isWanted,
  providersOf,
  type Selection,
  type Selector,
  selects,
} from "../engine/export-select.ts";
import { moveEntries } from "../engine/moves.ts";
import type { Desired } from "../model/desired.ts";
import type { ExportedResource, ExportedSection } from "../model/exported.ts";
import type { Ledger } from "../model/ledger.ts";
import { type LiveState, liveKey, type Reading } from "../model/live.ts";
import { counted } from "../render/counts.ts";
import { checkExport, readableExport } from "./export-check.ts";
import { exportHead, relocated, reservedVariables, shownFrom } from "./export-head.ts";
import { findKeys } from "./find-keys.ts";
import { observe } from "./observe.ts";
import { openStack, type Stack, type StackInput, unreadable } from "./stack.ts";

export interface ExportRequest {
  readonly selection: Selection;
  readonly with_defaults: boolean;
  readonly split: boolean;
  /** Name of the stack in the files. */
  readonly stack: string;
  /** Absolute; where the files are going to be. */
  readonly directory: string;
  /** Where the ledger is that the files are to go on with. */
  readonly ledger?: LedgerPlace;
  /** Absolute; where the JSON Schemas are. */
  readonly schemas: string;
}

export interface ExportResult {
  /** Left out when the diagnostics say why nothing can be exported. */
  readonly files?: readonly ExportFile[];
  readonly resources: readonly ExportedResource[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Exports what is selected, from the providers that the configuration connects. */
export async function exportStack(
  input: StackInput,
  ledger: Ledger | null,
  request: ExportRequest,
): Promise<ExportResult> {
  const wanted = providersOf(request.selection).filter((name) => Object.hasOwn(input.config.providers, name));
  const providers = input.providers.filter(({ name }) => wanted.includes(name));
  const known = ledger === null ? null : onlyOf(moveEntries(ledger, input.config.desired.moved), wanted);
  const { stack, diagnostics } = await openStack({ ...input, providers }, known, "read");
  if (stack === undefined) return { resources: [], diagnostics };
  try {
    const made = await makeExport(stack, known, request);
    return { ...made, diagnostics: sortDiagnostics([...diagnostics, ...made.diagnostics]) };
  } finally {
    await stack.close();
  }
}

/** The ledger without what belongs to other providers. */
function onlyOf(ledger: Ledger, providers: readonly string[]): Ledger {
  const entries = Object.entries(ledger.resources);
  return {
    ...ledger,
    resources: Object.fromEntries(
      entries.filter(([, { kind }]) => providers.includes(kind.split(".")[0] ?? "")),
    ),
  };
}

async function makeExport(
  stack: Stack,
  ledger: Ledger | null,
  request: ExportRequest,
): Promise<ExportResult> {
  const { selection, with_defaults } = request;
  const kinds = stack.kinds.filter(({ rules }) => isWanted(selection, rules.kind));
  const live = await observe({
    desired: everything(
      stack.config.desired,
      kinds.map(({ rules }) => rules.kind),
    ),
    ledger,
    kinds,
    sessions: stack.sessions,
    destroy: false,
    parallelism: stack.parallelism,
    pause: stack.pause,
  });
  // Half of what is live, written as if it were all of it, would be taken for all of it.
  const inFile = live.readings.filter(({ kind }) => isInFile(selection, kind));
  const denied = inFile.filter((reading) => isLeftOut(reading, { kinds, ledger, selection }));
  const unread = inFile.filter((reading) => !reading.complete && !denied.includes(reading));
  if (unread.length > 0 || (denied.length > 0 && denied.length === inFile.length))
    return { resources: [], diagnostics: [...unread, ...denied].map(unreadForExport) };
  const readable = kinds.filter(({ rules }) => denied.every(({ kind }) => kind !== rules.kind));
  const fitting = fitToSpecs(
    exportLive({
      kinds: readable,
      live,
      ledger,
      declared: stack.config.desired.resources,
      selection,
      with_defaults,
      reserved_env: reservedVariables(stack),
    }),
    kinds,
  );
  const missing = unmatched(selection, fitting);
  if (missing.length > 0) return { resources: [], diagnostics: missing };
  const { sections, files, config } = readableExport(stack, {
    sections: fitting,
    write: (some) =>
      exportFiles({
        head: exportHead(stack, request),
        sections: some,
        kinds,
        sourceOf: (source) => relocated(source, stack.cwd, request.directory),
        schemas: shownFrom(request.directory, request.schemas),
        split: request.split,
      }),
    directory: request.directory,
  });
  const resources = sections.flatMap(listExported);
  const written = await findKeys(stack, config.desired, null);
  const differences = checkExport(stack, { desired: written, resources, live });
  const left = request.stack === ledger?.stack ? undeclaredNote(ledger, live, resources, selection) : [];
  return {
    files,
    resources,
    diagnostics: [...denied.map(sectionLeftOut), ...notes(sections), ...left, ...differences],
  };
}

/** Files that declare less than the ledger they go on with has are a request to delete the rest. */
function undeclaredNote(
  { resources: entries }: Ledger,
  live: LiveState,
  resources: readonly ExportedResource[],
  selection: Selection,
): readonly Diagnostic[] {
  const declared = new Set(resources.map(({ address }) => address));
  const there = new Set(live.resources.map(({ kind, parent_id, id }) => liveKey(kind, parent_id, id)));
  const left = Object.entries(entries).filter(
    ([address, { kind, parent_id, id }]) =>
      id !== null &&
      !declared.has(address) &&
      isInFile(selection, kind) &&
      there.has(liveKey(kind, parent_id, id)),
  );
  if (left.length === 0) return [];
  const addresses = left.map(([address]) => address).sort(compareText);
  return [
    {
      severity: "warning",
      code: "EXPORT_UNDECLARED",
      message: `the ledger of this stack has ${counted(left.length, "resource")} that the export does not declare: ${addresses.slice(0, 5).join(", ")}${left.length > 5 ? ", …" : ""}. As the stack's only files these ask for ${left.length === 1 ? "its" : "their"} removal`,
      hint: "put the entries into the files that the stack has, or give the export a stack of its own with --stack",
    },
  ];
}

/** Every section of some kinds; resources only of these, so that no other list is read. */
function everything(desired: Desired, kinds: readonly string[]): Desired {
  return {
    ...desired,
    policy: { ...desired.policy, exclusive: [] },
    resources: desired.resources.filter(({ kind }) => kinds.includes(kind)),
    scopes: kinds.map((kind) => ({ kind })),
  };
}

/**
 * A section that the credential may not read, that nobody asks for by name and nothing of ours is in: without its
 * line the file is not about it, so that nothing is taken for empty.
 */
function isLeftOut(
  { kind, denied }: Reading,
  { kinds, ledger, selection }: Pick<Stack, "kinds" | "ledger"> & { readonly selection: Selection },
): boolean {
  const holds = kinds.some(({ rules }) => rules.parent === kind);
  const nested = kinds.some(({ rules }) => rules.kind === kind && rules.parent !== undefined);
  const owned = Object.values(ledger?.resources ?? {}).some((entry) => entry.kind === kind);
  const asked = selection.selectors.some(({ by }) => by !== "provider");
  return denied === true && !holds && !nested && !owned && !asked;
}

function sectionLeftOut({ kind, error }: Reading): Diagnostic {
  return {
    severity: "warning",
    code: "SECTION_LEFT_OUT",
    message: `no ${kind} is exported, because the credential may not read them: ${error ?? "unknown"}`,
    hint: "the file has no section for them, so it is not about them; export again with a credential that may",
  };
}

function unreadForExport(reading: Reading): Diagnostic {
  return {
    ...unreadable(reading.kind, reading.parent_id, reading.error),
    hint: "nothing was written: half an export would be taken for a whole one. Run again, or export another part",
  };
}

/** A selector that selects nothing is a typing mistake, unless it names a provider or a section. */
function unmatched(selection: Selection, sections: readonly ExportedSection[]): readonly Diagnostic[] {
  const all = sections.flatMap((section) => pathsOf(section, []));
  const idle = (selector: Selector): boolean =>
    selector.by === "address" && !all.some(({ kind, path }) => selects(selection, selector, kind, path));
  return selection.selectors.filter(idle).map(({ text }) => ({
    severity: "error",
    code: "NO_MATCH",
    message: `nothing live has the address ${text}`,
    hint: "`gateform export` without it shows all addresses; * stands for any text",
  }));
}

function pathsOf(
  section: ExportedSection,
  parents: readonly string[],
): readonly { readonly kind: string; readonly path: readonly string[] }[] {
  return [
    ...section.left_out.map(({ address }) => ({ kind: section.kind, path: [...parents, address] })),
    ...section.resources.flatMap((resource) => {
      const path = [...parents, resource.address];
      return [{ kind: section.kind, path }, ...resource.sections.flatMap((inner) => pathsOf(inner, path))];
    }),
  ];
}

function notes(sections: readonly ExportedSection[]): readonly Diagnostic[] {
  const left = sections.flatMap(listLeftOut).map(({ address, field, noun, name, id, reason }): Diagnostic => {
    const what = field === undefined ? `the ${noun} "${name}" (id ${id})` : `${field} of ${address}`;
    return {
      severity: "warning",
      code: "NOT_EXPORTED",
      address,
      message: `${what} is not exported: ${reason}`,
    };
  });
  const all = sections.flatMap(listExported);
  const twins = all.flatMap((resource): Diagnostic[] => {
    const group = all.filter(({ id }) => id === resource.id || resource.twins.includes(id));
    // Said once for all of one name.
    if (resource.twins.length === 0 || group[0] !== resource) return [];
    const addresses = group.map(({ address }) => address);
    const pairs = group.map(({ address, id }) => `${address}=${id}`);
    return [
      {
        severity: "note",
        code: "SAME_NAME",
        address: resource.address,
        message: `${resource.twins.length + 1} live ones are called "${resource.name}", and nothing but the id tells them apart: ${addresses.join(", ")}`,
        hint: `take them over with \`gateform adopt ${pairs.join(" ")}\``,
      },
    ];
  });
  return [...left, ...twins];
}
