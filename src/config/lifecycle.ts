// Checks of what a `lifecycle` block names: fields whose changes are ignored, codes that are silenced.

import { suggest } from "../base/suggest.ts";
import type { RawResource } from "./raw.ts";
import type { Report } from "./report.ts";
import { quote } from "./source.ts";
import { markOf, placeAt } from "./tree.ts";

/** Reports fields under `ignore_changes` that do not exist: the difference meant to be let be would be acted on. */
export function reportIgnored(raws: readonly RawResource[], report: Report): void {
  for (const raw of raws) {
    const known = Object.keys(raw.layout.kind.definition.spec.shape);
    for (const [index, path] of (raw.lifecycle.ignore_changes ?? []).entries()) {
      const field = path.split(".")[0] ?? path;
      if (known.includes(field)) continue;
      const near = suggest(field, known);
      report.add("UNKNOWN_FIELD", {
        message: `${raw.address} has no field ${quote(field)} whose changes could be ignored`,
        hint: near === undefined ? `one of ${known.join(", ")}` : `did you mean ${near}?`,
        address: raw.address,
        at: markOf(placeAt(raw.node, ["lifecycle", "ignore_changes", index], raw.at)),
      });
    }
  }
}

/**
 * Reports codes under `silence` that no check has. Only warns: nothing happens to the resource, and a file may be
 * ahead of the gateform that reads it.
 */
export function reportSilenced(raws: readonly RawResource[], codes: readonly string[], report: Report): void {
  for (const raw of raws) {
    for (const [index, code] of (raw.lifecycle.silence ?? []).entries()) {
      if (codes.includes(code)) continue;
      const near = suggest(code, codes);
      report.add("UNKNOWN_CODE", {
        severity: "warning",
        message: `no check has the code ${quote(code)}, so it silences nothing`,
        hint: near === undefined ? `one of ${codes.join(", ")}, or remove it` : `did you mean ${near}?`,
        address: raw.address,
        at: markOf(placeAt(raw.node, ["lifecycle", "silence", index], raw.at)),
      });
    }
  }
}
