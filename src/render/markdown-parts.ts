// Pieces that the markdown of plans, drift reports and apply reports has in common.

import type { Plan } from "../model/plan.ts";
import { counted, firstOf, nounFor } from "./counts.ts";
import { diagnosticItem } from "./diagnostics-markdown.ts";
import { positionText } from "./diagnostics-text.ts";
import { bytes, type MarkdownSection } from "./markdown-fit.ts";
import { codeSpan, fenced, prose } from "./markdown-text.ts";
import { BRAKE_CODE, partialText, unmanagedByKind } from "./plan-view.ts";
import { cutMiddle } from "./safe-text.ts";

/** A structure whose text is longer is laid out in lines, in UTF-16 units; scalars are shown in full. */
export const MARKDOWN_WIDTH = 80;

/** The longest block that is shown in full, in bytes, so that one resource does not push out all others. */
const MAX_BLOCK = 16_384;

/**
 * One resource, folded.
 * @param title HTML.
 * @param lines of a diff; safe to print.
 * @param fields how many fields change, for a block that is too long.
 */
export function folded(title: string, lines: readonly string[], fields: number): string {
  const summary = `<details><summary>${title}</summary>`;
  if (lines.length === 0) return `${summary}</details>`;
  const full = `${summary}\n\n${fenced("diff", lines)}\n\n</details>`;
  if (bytes(full) <= MAX_BLOCK) return full;
  return `${summary}\n\n${counted(fields, "changed field")}, too long to show here. The text output has all.\n\n</details>`;
}

/** What is neither a risk nor a step, for plans and drift reports. */
export function standingSections(plan: Plan): MarkdownSection[] {
  return [
    list(
      "#### Settling, not a change",
      "value",
      plan.settling.map(({ address, path, until }) => {
        const what = path === "" ? "not visible yet" : `${codeSpan(path)} still shows its old value`;
        return `- ${codeSpan(address)}: ${what}, expected until ${prose(until)}`;
      }),
    ),
    list(
      "#### Kept, although no longer declared",
      "resource",
      plan.kept.map((address) => `- ${codeSpan(address)}`),
    ),
    list(
      "#### Diagnostics",
      "diagnostic",
      plan.diagnostics.filter((item) => item.code !== BRAKE_CODE).map(diagnosticItem),
    ),
    list(
      "#### Unmanaged, never touched",
      "kind",
      unmanagedByKind(plan.unmanaged).map(
        ([kind, names]) => `- ${codeSpan(kind)}: ${names.length} (${codeSpan(firstOf(names, 5))})`,
      ),
    ),
  ];
}

export function refusedSection(plan: Pick<Plan, "refused">): MarkdownSection {
  return list(
    "#### ❌ Refused",
    "refusal",
    plan.refused.map(
      (item) =>
        `- ${codeSpan(item.address)} ${codeSpan(item.code)}: ${prose(item.message)}` +
        (item.position === undefined ? "" : `<br>at ${codeSpan(positionText(item.position))}`) +
        (item.because === undefined ? "" : `<br>because of ${codeSpan(item.because)}`) +
        (item.hint === undefined ? "" : `<br>help: ${prose(item.hint)}`),
    ),
  );
}

/** A section of list items. */
export function list(heading: string, noun: string, items: readonly string[]): MarkdownSection {
  return { heading, items, between: "\n", rest: (count) => left(count, noun) };
}

/** Which accounts and teams it was about. */
export function accountsLine(plan: Pick<Plan, "accounts">): string {
  const accounts = Object.entries(plan.accounts).sort(([a], [b]) => (a < b ? -1 : 1));
  if (accounts.length === 0) return "";
  const names = accounts.slice(0, 8).map(([provider, id]) => codeSpan(cutMiddle(`${provider}: ${id}`, 200)));
  return `<sub>Accounts:</sub> ${names.join(", ")}`;
}

/** Says what is left out. */
export function left(count: number, noun: string): string {
  return `*… and ${count} more ${nounFor(count, noun)}, which would make this comment too long. The text output has all.*`;
}

/** A line that says what a plan or a run was limited to. */
export function partialNote(partial: readonly string[] | undefined): readonly string[] {
  const text = partialText(partial);
  return text === null ? [] : [`> **${prose(text)}**`];
}
