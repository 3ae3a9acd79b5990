// Check ROUTE_CYCLE: elements of a dynamic route that lead back to where a request has been.

import { defineCheck } from "../../../provider/check.ts";
import { route } from "../kinds/route.ts";
import { cyclesIn } from "../kinds/route-graph.ts";
import { declaredGraphs, END_LINE, modelLine, routeFile, START_LINE } from "./route-checks.ts";

const file = (fallback: string): string =>
  routeFile(
    START_LINE,
    modelLine("large", "gpt-5.1", "end", "small"),
    modelLine("small", "gpt-5.1-mini", "end", fallback),
    END_LINE,
  );

export const routeCycle = defineCheck({
  code: "ROUTE_CYCLE",
  severity: "error",
  kind: route.rules.kind,
  title: "Elements of a dynamic route that lead in a circle",
  page: {
    meaning: "Following the outputs of the route's elements, a request comes to an element a second time.",
    importance:
      "While models keep failing or a limit stays reached, such a request never comes to an end, or Cloudflare gives it up with an error.",
    remedy: "Lead the last fallback to an end element. To try a model again, raise its `retries`.",
    before: file("large"),
    after: file("end"),
    silence: "There is no good reason known; Cloudflare's docs describe routes without circles only.",
  },
  run: (desired) =>
    declaredGraphs(desired).flatMap(({ address, elements }) =>
      cyclesIn(elements).map((cycle) => ({
        address,
        path: `elements.${elements.findIndex(({ id }) => id === cycle.at(-2))}.outputs`,
        message: `the route leads in a circle: ${cycle.join(" → ")}`,
        hint: "lead one of these outputs to an end element",
      })),
    ),
});
