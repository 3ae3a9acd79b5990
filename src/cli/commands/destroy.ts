// `gateform destroy`: deletes what the ledger says is this stack's.

import type { Run } from "../command.ts";
import { runApply } from "../run-apply.ts";

export const destroy: Run = (io, _args, options) => runApply(io, options, "destroy");
