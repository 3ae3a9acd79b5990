// Check ROUTE_EDGE_TO_NOWHERE: an edge of a dynamic route to an element that is not there.

import { suggest } from "../../../base/suggest.ts";
import { defineCheck } from "../../../provider/check.ts";
import { route } from "../kinds/route.ts";
import { declaredGraphs, END_LINE, modelLine, routeFile } from "./route-checks.ts";

const file = (fallback: string): string =>
  routeFile(
    "{ id: start, type: start, outputs: { next: split } }",
    '{ id: split, type: percentage, outputs: { "10%": large, else: small } }',
    modelLine("large", "gpt-5.1", "end", fallback),
    modelLine("small", "gpt-5.1-mini", "end", "end"),
    END_LINE,
  );

export const routeEdgeToNowhere = defineCheck({
  code: "ROUTE_EDGE_TO_NOWHERE",
  severity: "error",
  kind: route.rules.kind,
  title: "An edge of a dynamic route to an element that is not there",
  page: {
    meaning: "An output of an element names an id that no element of the route has.",
    importance:
      "A request that takes this output has nowhere to go and fails. Cloudflare may refuse such a graph, or store it and mark it as not valid.",
    remedy: "Write the id of an element of this route. Often it is a typo, or the element was renamed.",
    before: file("smal"),
    after: file("small"),
    silence: "There is no good reason known; a route like this does not work.",
  },
  run: (desired) =>
    declaredGraphs(desired).flatMap(({ address, elements }) => {
      const ids = elements.map(({ id }) => id);
      return elements.flatMap(({ id, outputs }, index) =>
        Object.entries(outputs).flatMap(([label, to]) => {
          if (ids.includes(to)) return [];
          const near = suggest(to, ids);
          return [
            {
              address,
              path: `elements.${index}.outputs`,
              message: `element "${id}" leads to "${to}" (${label}), and the route has no such element`,
              hint:
                near === undefined
                  ? `the route has ${ids.map((name) => `"${name}"`).join(", ")}`
                  : `did you mean ${near}?`,
            },
          ];
        }),
      );
    }),
});
