// What happens to a request for a model: `gateform trace`, for terminals and as markdown.

import type { TraceAnswer } from "../model/behaviour.ts";
import { MARKDOWN_VOICE, outcomeText, PLAIN_VOICE, stepText, type Voice } from "./behaviour-view.ts";
import { positionText } from "./diagnostics-text.ts";
import { codeSpan, marker } from "./markdown-text.ts";
import { safeLine } from "./safe-text.ts";
import type { Style } from "./style.ts";

const SOURCES: Readonly<Record<TraceAnswer["source"], string>> = {
  file: "by the files alone",
  live: "by what is live",
};

/** Steps, then how it ends; a block per provider. Ends with a line break. */
export function renderTraceText(
  answers: readonly TraceAnswer[],
  { style }: { readonly style: Style },
): string {
  const blocks = answers.map((answer) => [
    `${style.bold(safeLine(answer.subject))}, ${answer.provider}, ${SOURCES[answer.source]}`,
    ...answer.steps.map((step, index) => {
      const place = step.position === undefined ? "" : style.dim(`  ${positionText(step.position)}`);
      return `  ${index + 1}. ${stepText(step, PLAIN_VOICE)}${place}`;
    }),
    endOf(answer, PLAIN_VOICE, paintOf(answer, style)),
  ]);
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

export function renderTraceMarkdown(answers: readonly TraceAnswer[]): string {
  const blocks = answers.map((answer) =>
    [
      `### gateform trace: ${codeSpan(answer.subject)}`,
      `${answer.provider}, ${SOURCES[answer.source]}`,
      answer.steps
        .map((step, index) => {
          const place = step.position === undefined ? "" : ` at ${codeSpan(positionText(step.position))}`;
          return `${index + 1}. ${stepText(step, MARKDOWN_VOICE)}${place}`;
        })
        .join("\n"),
      endOf(answer, MARKDOWN_VOICE, (text) => `**${text}**`),
    ]
      .filter((part) => part !== "")
      .join("\n\n"),
  );
  return `${[marker("trace"), ...blocks].join("\n\n")}\n`;
}

/** The verdict stands out, and whatever it names follows. */
function endOf({ outcome, subject }: TraceAnswer, voice: Voice, strong: (text: string) => string): string {
  const [verdict = "", ...rest] = outcomeText(outcome, subject, voice).split(" ");
  const first = `${verdict.slice(0, 1).toUpperCase()}${verdict.slice(1)}`;
  return `${strong(first)} ${rest.join(" ")}`;
}

function paintOf({ outcome: { verdict } }: TraceAnswer, style: Style): (text: string) => string {
  if (verdict === "served") return style.green;
  return verdict === "unknown" ? style.yellow : style.red;
}
