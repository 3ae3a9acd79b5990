// Configurations over all kinds, valid and not, from validate to apply and to what comes after.

import { configs, textOf } from "./configs.ts";
import { fuzz } from "./fuzz.ts";
import { openFiles } from "./trials-of-files.ts";

fuzz({
  name: "configurations",
  documents: configs,
  quick: 120,
  open: openFiles((document, connection) => Buffer.from(textOf(document, connection))),
});
