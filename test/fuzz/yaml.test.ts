// YAML files as bytes, from validate to apply and to what comes after.

import { fuzz } from "./fuzz.ts";
import { openFiles } from "./trials-of-files.ts";
import { bytesOfFile, yamls } from "./yaml-bytes.ts";

fuzz({ name: "YAML files", documents: yamls, quick: 150, open: openFiles(bytesOfFile) });
