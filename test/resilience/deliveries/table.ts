// The table of outcomes as a page: what is live and what the sinks hold, then, after the next run and after another.

import type { Moment, Pair, SubjectName } from "./scene.ts";

export interface Outcome {
  readonly subject: SubjectName;
  readonly pair: Pair;
  readonly operation: "making" | "rotating";
  readonly trouble: string;
  /** Right after; after the next apply; after the one after that. */
  readonly moments: readonly Moment[];
}

/** The cells of a row but the one that says which kinds and sinks it is about. */
export function cellsOf({ trouble, moments }: Outcome): string {
  return `| ${[trouble, ...moments.flatMap(momentCells)].join(" | ")} |`;
}

function momentCells({ exit, live, first, second }: Moment): readonly string[] {
  const sinks = first === second ? first : `${first}, ${second}`;
  return [exit, live.length === 0 ? "none" : live.join(", "), sinks];
}

/** Markdown. One row for all kinds and pairs of sinks with which the same happens. */
export function drawOutcomes(outcomes: readonly Outcome[], combinations: number): string {
  const rows = (operation: Outcome["operation"]): string[] => {
    const groups = new Map<string, Outcome[]>();
    for (const outcome of outcomes.filter((it) => it.operation === operation)) {
      const cells = cellsOf(outcome);
      groups.set(cells, [...(groups.get(cells) ?? []), outcome]);
    }
    return [...groups].map(([cells, group]) => `${cells} ${whichOf(group, combinations)} |`);
  };
  const head = [
    "| What happens | Exit | Live | Sinks | Exit of the next apply | Live then | Sinks then | Exit of the one after | Live in the end | Sinks in the end | With |",
    `|${" --- |".repeat(11)}`,
  ];
  return [
    "# What becomes of keys",
    "",
    "Generated from runs of the packed command line, as a process, against the reference server and stand-ins for GitHub",
    "and for Vercel's project variables (`test/resilience/deliveries.test.ts`). Each key or token goes to two sinks, and",
    "every kind of sink is the first one once and the second one once. `old` is the value from before, `new` the one that",
    "the run has made, `second new` the one of a later run. Of sinks with different values, the first one's comes first.",
    "The grace is over at once; with a longer one, what would go at once goes when it is over. A program that fails may have",
    "kept the value, so that in a rotation its key stays until another is in both sinks.",
    "",
    "Whenever a run was about to change something anywhere, and whenever it had, what each sink held was used for a request",
    "through the gateway: it worked every time.",
    "",
    "## Making one",
    "",
    ...head,
    ...rows("making"),
    "",
    "## Rotating one",
    "",
    ...head,
    ...rows("rotating"),
    "",
  ].join("\n");
}

function whichOf(group: readonly Outcome[], combinations: number): string {
  if (group.length === combinations) return "all";
  const subjects = [...new Set(group.map(({ subject }) => subject))];
  return subjects
    .map((subject) => {
      const pairs = group.filter((it) => it.subject === subject);
      return `\`${subject}\`: ${pairs.map(({ pair }) => `${pair.first} and ${pair.second}`).join("; ")}`;
    })
    .join("<br>");
}
