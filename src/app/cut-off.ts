// Which lists may not show yet what a create that was cut off has made.

import { identityKeyOfLive, wasThere } from "../engine/context.ts";
import type { KindRules } from "../model/kind-rules.ts";
import type { LedgerEntry } from "../model/ledger.ts";
import type { LiveResource } from "../model/live.ts";

/**
 * @param entries those whose lists were read.
 * @param live everything of the kind that was found.
 * @returns parents of those lists in which nothing new has the identity of an open intent, each once.
 */
export function parentsOfUnseen(
  rules: KindRules,
  entries: readonly LedgerEntry[],
  live: readonly LiveResource[],
): readonly (string | undefined)[] {
  const unseen = entries.filter(
    ({ kind, intent }) =>
      kind === rules.kind &&
      intent !== undefined &&
      !live.some((one) => identityKeyOfLive(rules, one) === intent.identity && !wasThere(rules, intent, one)),
  );
  return [...new Set(unseen.map(({ parent_id }) => parent_id))];
}
