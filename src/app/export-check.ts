// The proof of an export: its files are read as any command reads them, and planned against what was live, with
// every resource taken over by its id. What is not valid is our mistake; what would change something is said.

import type { Diagnostic } from "../base/diagnostic.ts";
import { hasErrors } from "../base/diagnostic.ts";
import type { ExportFile } from "../config/export/files.ts";
import { loadTexts } from "../config/load.ts";
import { makePlan } from "../engine/plan.ts";
import { emptyLedger } from "../ledger/documents.ts";
import type { ExportedResource } from "../model/exported.ts";
import type { LiveState } from "../model/live.ts";
import { InternalError } from "../provider/error.ts";
import type { Stack } from "./stack.ts";

export interface CheckInput {
  readonly files: readonly ExportFile[];
  readonly resources: readonly ExportedResource[];
  readonly live: LiveState;
  /** Absolute; where the files are going to be. */
  readonly directory: string;
}

/**
 * @returns a warning per resource that a plan would change.
 * @throws InternalError when the files are not valid, naming the resource.
 */
export function checkExport(
  stack: Pick<Stack, "cwd" | "providers" | "rules" | "now">,
  { files, resources, live, directory }: CheckInput,
): readonly Diagnostic[] {
  const { config, diagnostics } = loadTexts(
    { cwd: stack.cwd, env: {}, envAllow: [], providers: stack.providers, lenientEnv: false },
    files.map(({ name = "gateform.yaml", text }) => ({ name, directory, text })),
  );
  const [wrong] = diagnostics.filter(({ severity }) => severity === "error");
  if (config === undefined || wrong !== undefined) {
    const about = wrong?.address ?? "the file";
    throw new InternalError(
      `the export of ${about} is not valid, so nothing was written: ${wrong?.message ?? "it cannot be read"}`,
    );
  }
  const plan = makePlan({
    desired: config.desired,
    live,
    ledger: emptyLedger(config.desired.stack, {}),
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
