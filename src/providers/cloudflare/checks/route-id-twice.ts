// Check ROUTE_ID_TWICE: two elements of a dynamic route with one id.

import { defineCheck } from "../../../provider/check.ts";
import { route } from "../kinds/route.ts";
import { declaredGraphs, END_LINE, modelLine, routeFile, START_LINE } from "./route-checks.ts";

export const routeIdTwice = defineCheck({
  code: "ROUTE_ID_TWICE",
  severity: "error",
  kind: route.rules.kind,
  title: "Two elements of a dynamic route with the same id",
  page: {
    meaning: "An id stands in the list of a route's elements twice. Ids are unique in a route.",
    importance:
      "An edge to this id may lead to either element. Cloudflare may refuse the route, or keep one of the two.",
    remedy: "Give one of them another id, and see which of the two each output is meant to lead to.",
    before: routeFile(
      START_LINE,
      modelLine("large", "gpt-5.1", "end", "end"),
      modelLine("large", "gpt-5.1-mini", "end", "end"),
      END_LINE,
    ),
    after: routeFile(
      START_LINE,
      modelLine("large", "gpt-5.1", "end", "small"),
      modelLine("small", "gpt-5.1-mini", "end", "end"),
      END_LINE,
    ),
    silence: "There is no good reason known; a route like this does not work.",
  },
  run: (desired) =>
    declaredGraphs(desired).flatMap(({ address, elements }) =>
      elements.flatMap(({ id }, index) =>
        elements.findIndex((other) => other.id === id) === index
          ? []
          : [
              {
                address,
                path: `elements.${index}.id`,
                message: `the id "${id}" is that of an earlier element, too`,
                hint: "give one of the two another id",
              },
            ],
      ),
    ),
});
