// The rules of all kinds, whether or not a stack uses their vendor.

import type { RulesByKind } from "../model/kind-rules.ts";
import { providers } from "../providers/index.ts";

export const allRules: RulesByKind = new Map(
  providers.flatMap((provider) => provider.kinds.map((kind) => [kind.rules.kind, kind.rules])),
);
