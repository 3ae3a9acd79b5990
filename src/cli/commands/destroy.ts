// `gateform destroy`: deletes what the ledger says is this stack's, all of it or what is named and depends on that.

import type { Run } from "../command.ts";
import { runApply } from "../run-apply.ts";

export const destroy: Run = (io, addresses, options) =>
  runApply(io, options, { mode: "destroy", targets: addresses });
