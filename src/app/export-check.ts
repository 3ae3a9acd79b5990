// The proof of an export: its files are read as any command reads them, and planned against what was live, with
// every resource taken over by its id. What no file can say is left out and named; what would change something is said.

import type { Address } from "../base/address.ts";
import type { Diagnostic } from "../base/diagnostic.ts";
import { hasErrors } from "../base/diagnostic.ts";
import type { ExportFile } from "../config/export/files.ts";
import { leaveOut, onlyOne } from "../config/export/fit.ts";
import { type LoadedConfig, loadTexts } from "../config/load.ts";
import { listExported } from "../engine/export.ts";
import { makePlan } from "../engine/plan.ts";
import { emptyLedger } from "../ledger/documents.ts";
import type { Desired } from "../model/desired.ts";
import type { ExportedResource, ExportedSection } from "../model/exported.ts";
import type { LiveState } from "../model/live.ts";
import { InternalError } from "../provider/error.ts";
import type { Stack } from "./stack.ts";

export interface ProofInput {
  readonly sections: readonly ExportedSection[];
  readonly write: (sections: readonly ExportedSection[]) => readonly ExportFile[];
  /** Absolute; where the files are going to be. */
  readonly directory: string;
}

export interface Proof {
  /** With what is left out. */
  readonly sections: readonly ExportedSection[];
  readonly files: readonly ExportFile[];
  readonly config: LoadedConfig;
}

type Reader = Pick<Stack, "cwd" | "providers" | "kinds">;

/**
 * The files that declare as much of the sections as can be read back: beyond what the specs say, there are limits to
 * what a file may hold, and things that exclude each other.
 * @throws InternalError when the files are refused for nothing that any of the resources has in it.
 */
export function readableExport(stack: Reader, { sections, write, directory }: ProofInput): Proof {
  let left = sections;
  for (;;) {
    const files = write(left);
    const { config, wrong } = readBack(stack, files, directory);
    if (config !== undefined) return { sections: left, files, config };
    const resources = left.flatMap(listExported);
    const refused = (address: Address): boolean =>
      readBack(stack, write(onlyOne(left, address)), directory).config === undefined;
    const about =
      resources.find(({ address }) => address === wrong?.address) ??
      // Innermost first: what holds it is refused with it.
      [...resources].reverse().find(({ address }) => refused(address));
    const problem = wrong?.message ?? "it cannot be read";
    if (about === undefined)
      throw new InternalError(`the export is not valid, so nothing was written: ${problem}`);
    left = leaveOut(left, stack.kinds, about.address, `a file that has it cannot be read: ${problem}`);
  }
}

function readBack(
  stack: Reader,
  files: readonly ExportFile[],
  directory: string,
): { readonly config?: LoadedConfig; readonly wrong?: Diagnostic } {
  const { config, diagnostics } = loadTexts(
    { cwd: stack.cwd, env: {}, envAllow: [], providers: stack.providers, lenientEnv: false },
    files.map(({ name = "gateform.yaml", text }) => ({ name, directory, text })),
  );
  const [wrong] = diagnostics.filter(({ severity }) => severity === "error");
  return wrong === undefined ? { ...(config === undefined ? {} : { config }) } : { wrong };
}

export interface CheckInput {
  /** What the files say, read again. */
  readonly desired: Desired;
  readonly resources: readonly ExportedResource[];
  readonly live: LiveState;
}

/** @returns a warning per resource that a plan would change. */
export function checkExport(
  stack: Pick<Stack, "rules" | "now">,
  { desired, resources, live }: CheckInput,
): readonly Diagnostic[] {
  const plan = makePlan({
    desired,
    live,
    ledger: emptyLedger(desired.stack, {}),
    rules: stack.rules,
    options: {
      now: stack.now(),
      adopt: true,
      adopt_ids: Object.fromEntries(resources.map(({ address, id }) => [address, id])),
      allow_deletes: 0,
      allow_permissions: "all",
      destroy: false,
    },
  });
  const planned = plan.steps.filter(({ action }) => action !== "adopt" && action !== "check-secret");
  const refused = plan.refused.map(({ address, message }): Diagnostic => differs(address, message));
  return [
    ...(hasErrors(plan.diagnostics) ? plan.diagnostics : []),
    ...refused,
    ...planned.map(({ address, action, changes }) =>
      differs(address, `a plan would ${action} it (${changes.map(({ path }) => path).join(", ")})`),
    ),
  ];
}

function differs(address: string, what: string): Diagnostic {
  return {
    severity: "warning",
    code: "EXPORT_DIFFERS",
    address,
    message: `${address} could not be written exactly as it is live: ${what}`,
    hint: "correct the entry by hand before the first apply",
  };
}
