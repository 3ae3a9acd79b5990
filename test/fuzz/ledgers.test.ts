// Ledgers that somebody has changed: shown, planned over and applied over where they are still ledgers.

import { fuzz, type Verdict } from "./fuzz.ts";
import { bytesOfJson, type JsonDocument, jsonDocuments } from "./json-files.ts";
import { applied } from "./lives.ts";
import { openPlace } from "./place.ts";
import { LEDGER, openScenes, SCENES_WITH_LEDGER } from "./scenes.ts";
import { openTrial } from "./trial.ts";

fuzz<JsonDocument>({
  name: "ledgers",
  documents: jsonDocuments(SCENES_WITH_LEDGER),
  quick: 80,
  open: async () => {
    const [place, scenes] = [openPlace(), openScenes()];
    return {
      tryOut: async (document): Promise<Verdict> => {
        const { world, declared, ledger } = await scenes.scene(document.file);
        const trial = await openTrial(place, world, document);
        place.write("gateform.yaml", declared);
        place.write(LEDGER, bytesOfJson(ledger, document));
        const { code } = await trial.run("ledger show");
        if (document.coloured) await trial.run("ledger history");
        if (code === 0 && document.coloured) await trial.run("drift");
        const carried_out = code === 0 && (await applied(trial));
        return { accepted: code === 0, carried_out, problems: await trial.end() };
      },
      close: async () => {
        await scenes.close();
        place.remove();
      },
    };
  },
});
