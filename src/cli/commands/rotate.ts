// `gateform rotate`: another value for keys and tokens, and stored secrets written again, now and by address.

import type { Run } from "../command.ts";
import { runApply } from "../run-apply.ts";

export const rotate: Run = (io, addresses, options) =>
  runApply(io, options, { mode: "rotate", targets: addresses });
