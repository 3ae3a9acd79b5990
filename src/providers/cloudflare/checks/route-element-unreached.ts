// Check ROUTE_ELEMENT_UNREACHED: an element of a dynamic route that no request can come to.

import { defineCheck } from "../../../provider/check.ts";
import { route } from "../kinds/route.ts";
import { walkFromStarts } from "../kinds/route-graph.ts";
import { declaredGraphs, END_LINE, modelLine, routeFile, START_LINE } from "./route-checks.ts";

const file = (fallback: string): string =>
  routeFile(
    START_LINE,
    modelLine("large", "gpt-5.1", "end", fallback),
    modelLine("small", "gpt-5.1-mini", "end", "end"),
    END_LINE,
  );

export const routeElementUnreached = defineCheck({
  code: "ROUTE_ELEMENT_UNREACHED",
  severity: "warning",
  kind: route.rules.kind,
  title: "An element of a dynamic route that nothing reaches",
  page: {
    meaning:
      "No path from the route's start leads to the element: no output names it, or only outputs of elements that are not reached themselves.",
    importance:
      "The element does nothing. Most often an output leads elsewhere than was meant, so that a fallback or a limit that the file shows is never used.",
    remedy: "Lead an output to the element, or take it out.",
    before: file("end"),
    after: file("small"),
    silence: "When the element is kept for later, ready to be led to.",
  },
  run: (desired) =>
    declaredGraphs(desired).flatMap(({ address, elements }) => {
      // Without a start nothing is reached, which ROUTE_STARTS says.
      if (!elements.some(({ type }) => type === "start")) return [];
      const reached = new Set(walkFromStarts(elements));
      return elements.flatMap(({ id }, index) =>
        reached.has(id)
          ? []
          : [
              {
                address,
                path: `elements.${index}`,
                message: `no request can come to element "${id}"`,
                hint: "lead an output to it, or take it out",
              },
            ],
      );
    }),
});
