// The files under schemas/, made from the code. A script writes them; a test compares them with what is checked in.

import { planJsonSchema } from "../ledger/plan-schema.ts";
import { ledgerJsonSchema } from "../ledger/schema.ts";
import type { AnyProvider } from "../provider/provider.ts";
import { configSchema, layerSchema } from "./schema.ts";

/** Path below the project's root → text. */
export function generatedFiles(providers: readonly AnyProvider[]): Readonly<Record<string, string>> {
  return {
    "schemas/gateform.schema.json": textOf(configSchema(providers)),
    "schemas/gateform.layer.schema.json": textOf(layerSchema(providers)),
    "schemas/plan.schema.json": textOf(planJsonSchema()),
    "schemas/ledger.schema.json": textOf(ledgerJsonSchema()),
  };
}

function textOf(schema: object): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}
