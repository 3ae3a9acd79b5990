// `gateform apply`: makes live what the files declare.

import type { Run } from "../command.ts";
import { runApply } from "../run-apply.ts";

export const apply: Run = (io, _args, options) => runApply(io, options, "apply", options.target);
