// All generated pages of the documentation: path below the project's root → text.

import { providers } from "../../src/providers/index.ts";
import { commandsPage } from "./commands.ts";
import { diagnosticsPage } from "./diagnostics.ts";
import { exitCodesPage } from "./exit-codes.ts";
import { jsonPage } from "./json.ts";
import { kindsPage } from "./kinds.ts";

export function referencePages(): Readonly<Record<string, string>> {
  return {
    "docs/reference/kinds.md": kindsPage(providers),
    "docs/reference/commands.md": commandsPage(),
    "docs/reference/exit-codes.md": exitCodesPage(),
    "docs/reference/json.md": jsonPage(),
    "docs/reference/diagnostics.md": diagnosticsPage(providers),
  };
}
