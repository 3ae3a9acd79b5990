// What is said of a plan that is in a file: its digest, and the command that applies exactly this plan.

import type { Plan } from "../model/plan.ts";
import { jsonText } from "./json-text.ts";
import { codeSpan } from "./markdown-text.ts";
import { safeLine } from "./safe-text.ts";
import type { Style } from "./style.ts";

export interface SavedPlan {
  readonly file: string;
  /** `sha256:<hex>` */
  readonly digest: string;
  /** The command that applies it. */
  readonly command: string;
}

/** Two lines that end with a line break. */
export function renderSavedText({ file, digest, command }: SavedPlan, style: Style): string {
  const lines = [
    `Plan ${style.bold(safeLine(file))} has the digest ${digest}`,
    `To apply exactly this plan: ${style.bold(safeLine(command))}`,
  ];
  return `${lines.join("\n")}\n`;
}

/** `{ format, digest, plan }` */
export function renderSavedJson(plan: Plan, { digest }: SavedPlan): string {
  return jsonText({ format: 1, digest, plan });
}

/** One paragraph. */
export function savedMarkdown({ digest, command }: SavedPlan): string {
  return `Digest ${codeSpan(digest)}; to apply exactly this plan: ${codeSpan(command)}`;
}
