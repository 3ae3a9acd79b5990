// What configurations and YAML files have in common: a file is written, checked, and carried out where it is valid.

import { readFileSync } from "node:fs";
import type { Connection } from "../../src/reference-server/index.ts";
import type { Format, Verdict } from "./fuzz.ts";
import { applied } from "./lives.ts";
import { openPlace } from "./place.ts";
import { unplaced } from "./properties.ts";
import { openTrial } from "./trial.ts";
import { openWorld } from "./world.ts";

/** Opens what it takes to try files out. @param fileOf gives the file of a document. */
export function openFiles<Document extends { readonly coloured: boolean }>(
  fileOf: (document: Document, connection: Connection) => Buffer,
): Format<Document>["open"] {
  return async () => {
    const [place, world] = [openPlace(), await openWorld()];
    return {
      tryOut: async (document): Promise<Verdict> => {
        const trial = await openTrial(place, world, document);
        const file = fileOf(document, world.connection);
        place.write("gateform.yaml", file);
        const { code, json } = await trial.run("validate");
        for (const problem of unplaced(json)) trial.blame(problem);
        // The same file as a layer over itself.
        if (document.coloured) await trial.run("validate", { file: ["gateform.yaml", "gateform.yaml"] });
        const carried_out = code === 0 && (await applied(trial));
        if (!readFileSync(place.path("gateform.yaml")).equals(file)) trial.blame("the file was written over");
        return { accepted: code === 0, carried_out, problems: await trial.end() };
      },
      close: async () => {
        await world.close();
        place.remove();
      },
    };
  };
}
