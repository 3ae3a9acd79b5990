// `gateform schema`: the JSON Schemas of this version, as they also stand in the package under schemas/.

import { suggest } from "../../base/suggest.ts";
import { generatedFiles } from "../../config/generated.ts";
import { providers } from "../../providers/index.ts";
import type { Run } from "../command.ts";
import { Failure } from "../failure.ts";

const FILES: Readonly<Record<string, string>> = {
  config: "schemas/gateform.schema.json",
  layer: "schemas/gateform.layer.schema.json",
  plan: "schemas/plan.schema.json",
  ledger: "schemas/ledger.schema.json",
};

export const schema: Run = async (io, [name = "config"]) => {
  const file = Object.hasOwn(FILES, name) ? FILES[name] : undefined;
  const text = file === undefined ? undefined : generatedFiles(providers)[file];
  if (text === undefined) {
    const near = suggest(name, Object.keys(FILES));
    throw new Failure("USAGE", `there is no schema "${name}"; there are config, layer, plan and ledger`, {
      hint: near === undefined ? undefined : `did you mean ${near}?`,
    });
  }
  io.out(text);
  return 0;
};
