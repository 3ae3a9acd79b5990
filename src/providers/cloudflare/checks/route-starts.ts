// Check ROUTE_STARTS: a dynamic route without a start element, or with more than one.

import { defineCheck } from "../../../provider/check.ts";
import { route } from "../kinds/route.ts";
import { declaredGraphs, END_LINE, modelLine, routeFile, START_LINE } from "./route-checks.ts";

const model = modelLine("large", "gpt-5.1", "end", "end");

export const routeStarts = defineCheck({
  code: "ROUTE_STARTS",
  severity: "error",
  kind: route.rules.kind,
  title: "A dynamic route without a start element, or with more than one",
  page: {
    meaning: "A route has exactly one element of the type `start`. This one has none, or several.",
    importance:
      "Requests begin at the start element. Without one they go nowhere; with several nobody can tell which one is taken, and Cloudflare may refuse the route.",
    remedy: "Keep one start element, and lead its output `next` to the first element.",
    before: routeFile(START_LINE, "{ id: second, type: start, outputs: { next: large } }", model, END_LINE),
    after: routeFile(START_LINE, model, END_LINE),
    silence: "There is no good reason known; a route like this does not work.",
  },
  run: (desired) =>
    declaredGraphs(desired).flatMap(({ address, elements }) => {
      const starts = elements.filter(({ type }) => type === "start").map(({ id }) => `"${id}"`);
      if (starts.length === 1) return [];
      return [
        {
          address,
          path: "elements",
          message:
            starts.length === 0
              ? "the route has no start element"
              : `the route has ${starts.length} start elements: ${starts.join(", ")}`,
          hint: "a route has exactly one element of the type start",
        },
      ];
    }),
});
