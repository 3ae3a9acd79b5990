// Check ROUTE_SHARES: a percentage element of a dynamic route whose shares do not make 100 %.

import { defineCheck } from "../../../provider/check.ts";
import { route } from "../kinds/route.ts";
import type { RouteElement } from "../kinds/route-graph.ts";
import { declaredGraphs, END_LINE, modelLine, routeFile } from "./route-checks.ts";

/** Docs "Dynamic routing: JSON configuration", 2026-04-29. */
const MOST_SHARES = 5;

const file = (share: string): string =>
  routeFile(
    "{ id: start, type: start, outputs: { next: split } }",
    `{ id: split, type: percentage, outputs: { "10%": large, ${share}: small } }`,
    modelLine("large", "gpt-5.1", "end", "small"),
    modelLine("small", "gpt-5.1-mini", "end", "end"),
    END_LINE,
  );

export const routeShares = defineCheck({
  code: "ROUTE_SHARES",
  severity: "error",
  kind: route.rules.kind,
  title: "A percentage element whose shares do not make 100 %",
  page: {
    meaning: `The outputs of a percentage element are shares such as \`10%\`, up to ${MOST_SHARES} of them, and they make 100 % together; an output \`else\` takes what they leave. Here they make more or less, there are too many, or an output is neither a share nor \`else\`.`,
    importance:
      "Requests in the part that is missing go nowhere, and what is over 100 % is never reached. Cloudflare may refuse the route.",
    remedy: "Correct the shares, or write `else` in place of the last one.",
    before: file('"80%"'),
    after: file('"90%"'),
    silence: "When Cloudflare has come to take other outputs than this version of gateform knows.",
  },
  run: (desired) =>
    declaredGraphs(desired).flatMap(({ address, elements }) =>
      elements.flatMap((element, index) => {
        const wrong = element.type === "percentage" ? mistakeIn(element) : undefined;
        if (wrong === undefined) return [];
        return [
          {
            address,
            path: `elements.${index}.outputs`,
            message: `element "${element.id}": ${wrong}`,
            hint: 'correct the shares, or write "else" in place of the last one',
          },
        ];
      }),
    ),
});

function mistakeIn({ outputs }: RouteElement): string | undefined {
  const labels = Object.keys(outputs).filter((label) => label !== "else");
  const shares = labels.map((label) => Number(/^(\d+(?:\.\d+)?)\s*%$/.exec(label)?.[1] ?? Number.NaN));
  const odd = labels.find((_, index) => Number.isNaN(shares[index]));
  if (odd !== undefined) return `"${odd}" is no share such as "10%"`;
  if (labels.length > MOST_SHARES) return `it has ${labels.length} shares, and ${MOST_SHARES} are allowed`;
  // Tenths of a percent add up to numbers that are a little off.
  const sum = Math.round(shares.reduce((total, share) => total + share, 0) * 1e6) / 1e6;
  const rest = Object.hasOwn(outputs, "else");
  if (sum > 100 || (sum < 100 && !rest)) return `its shares make ${sum} %, not 100 %`;
  return undefined;
}
