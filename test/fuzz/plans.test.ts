// Saved plans that somebody has changed: shown, and applied where they are still plans.

import { fuzz, type Verdict } from "./fuzz.ts";
import { bytesOfJson, type JsonDocument, jsonDocuments } from "./json-files.ts";
import { dangerIn, openPlace } from "./place.ts";
import { LEDGER, openScenes, SCENES } from "./scenes.ts";
import { openTrial } from "./trial.ts";

fuzz<JsonDocument>({
  name: "saved plans",
  documents: jsonDocuments(SCENES),
  quick: 120,
  open: async () => {
    const [place, scenes] = [openPlace(), openScenes()];
    return {
      tryOut: async (document): Promise<Verdict> => {
        const { world, declared, ledger, plan } = await scenes.scene(document.file);
        const trial = await openTrial(place, world, { coloured: document.coloured, foreignCodes: true });
        place.write("gateform.yaml", declared);
        if (ledger !== null) place.write(LEDGER, JSON.stringify(ledger));
        const file = bytesOfJson(plan, document);
        place.write("plan.json", file);
        const { code } = await trial.run("show plan.json", { verbose: true });
        // Harmless where it is no JSON: then it is no plan either.
        const safe =
          code === 0 && dangerIn(JSON.parse(file.toString().replace(/^\ufeff/, "")), place) === undefined;
        if (safe) await trial.run("apply plan.json", { autoApprove: true, newLedger: true });
        if (place.read("gateform.yaml") !== declared) trial.blame("the file was written over");
        return { accepted: code === 0, carried_out: safe, problems: await trial.end() };
      },
      close: async () => {
        await scenes.close();
        place.remove();
      },
    };
  },
});
