// All generated parts of the documentation: path below the project's root → text.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { providers } from "../../src/providers/index.ts";
import { checkPages } from "./checks.ts";
import { commandsPage } from "./commands.ts";
import { diagnosticsPage } from "./diagnostics.ts";
import { exitCodesPage } from "./exit-codes.ts";
import { jsonPage } from "./json.ts";
import { kindsPage } from "./kinds.ts";
import { quickstartPlan, withPlan } from "./readme-plan.ts";

/** @param root the project's directory; README.md is read there for the text around its plan. */
export async function generatedDocs(root: string): Promise<Readonly<Record<string, string>>> {
  return {
    "README.md": withPlan(readFileSync(join(root, "README.md"), "utf8"), await quickstartPlan(root)),
    "docs/reference/kinds.md": kindsPage(providers),
    "docs/reference/commands.md": commandsPage(),
    "docs/reference/exit-codes.md": exitCodesPage(),
    "docs/reference/json.md": jsonPage(),
    "docs/reference/diagnostics.md": diagnosticsPage(providers),
    ...checkPages(providers),
  };
}
