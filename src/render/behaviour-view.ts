// How a request ends, in words, for plans and for `gateform trace`. The caller says how names and sentences are made
// safe for where they are printed.

import type { Outcome, PlanBehaviour, TraceStep } from "../model/behaviour.ts";
import type { MarkdownSection } from "./markdown-fit.ts";
import { list } from "./markdown-parts.ts";
import { codeSpan, prose } from "./markdown-text.ts";
import { safeLine } from "./safe-text.ts";

/** How texts of outside origin get into the words. */
export interface Voice {
  readonly name: (text: string) => string;
  readonly sentence: (text: string) => string;
}

export const PLAIN_VOICE: Voice = { name: safeLine, sentence: safeLine };
export const MARKDOWN_VOICE: Voice = { name: codeSpan, sentence: prose };

/** A virtual model may have any number of fallbacks, and a rule against each. */
const MOST_NAMES = 12;

/** `served by openai/gpt-5.1`; `denied with status 403 (reason: cost)` */
export function outcomeText(outcome: Outcome, subject: string, voice: Voice): string {
  const { verdict, served_by, relay, status, message, reason } = outcome;
  const why = message === undefined ? "" : `: ${voice.sentence(message)}`;
  if (verdict === "served") {
    if (served_by.length === 1 && served_by[0] === subject && relay === undefined) return "served by itself";
    return `served by ${namesOf(served_by, outcome, ", else by ", voice)}`;
  }
  if (verdict === "unknown") return `cannot be told${why}`;
  const with_status = status === undefined ? "" : ` with status ${status}`;
  const given = reason === undefined ? "" : ` (reason: ${voice.sentence(reason)})`;
  return `${verdict === "denied" ? "denied" : "refused as misconfigured,"}${with_status}${given}${why}`;
}

/** `vercel.rule.a rewrites x/a to x/b` */
export function stepText(step: TraceStep, voice: Voice): string {
  const { action, by, from, to, reason } = step;
  const why = reason === undefined ? "" : ` (reason: ${voice.sentence(reason)})`;
  const names = namesOf(to, step, ", else ", voice);
  if (action === "deny") return `${voice.name(by)} denies ${voice.name(from)}${why}`;
  if (action === "rewrite") return `${voice.name(by)} rewrites ${voice.name(from)} to ${names}${why}`;
  return `${voice.name(from)} stands for ${names} (${voice.name(by)})`;
}

/** `openai/gpt-5.1, else by openai/gpt-5.5`; `one of openai/gpt-5.1, openai/gpt-5.5 through the relay https://…` */
function namesOf(
  models: readonly string[],
  { unordered, relay }: Pick<Outcome, "unordered" | "relay">,
  next: string,
  { name }: Voice,
): string {
  const names = models.map(name);
  const all = unordered === true ? `one of ${names.join(", ")}` : names.join(next);
  return relay === undefined ? all : `${all} through the relay ${name(relay)}`;
}

/** What a plan changes for requests, as lines of text; none where it changes nothing. */
export function behaviourLines(behaviour: PlanBehaviour | undefined): string[] {
  const changes = behaviour?.changes ?? [];
  if (changes.length === 0) return [];
  return [
    "Requests that end another way afterwards:",
    ...changes.flatMap(({ subject, before, after }) => [
      `  ${safeLine(subject)}`,
      `      before: ${wholeText(before, subject, PLAIN_VOICE)}`,
      `      after:  ${wholeText(after, subject, PLAIN_VOICE)}`,
    ]),
  ];
}

/** The same for a pull-request comment. */
export function behaviourSection(behaviour: PlanBehaviour | undefined): MarkdownSection {
  return list(
    "#### Requests that end another way afterwards",
    "model",
    (behaviour?.changes ?? []).map(
      ({ subject, before, after }) =>
        `- ${codeSpan(subject)}<br>before: ${wholeText(before, subject, MARKDOWN_VOICE)}<br>after: ${wholeText(after, subject, MARKDOWN_VOICE)}`,
    ),
  );
}

/** `vercel.rule.a → vercel.rule.b → denied with status 403` */
function wholeText(outcome: Outcome, subject: string, voice: Voice): string {
  const way = outcome.through.map(voice.name);
  const shown = way.length > MOST_NAMES ? [...way.slice(0, MOST_NAMES), "…"] : way;
  return [...shown, outcomeText(outcome, subject, voice)].join(" → ");
}
