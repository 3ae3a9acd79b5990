/**
 * What the elements of a dynamic route must be together: one start, ids of their own, edges that lead somewhere. That
 * this is refused is our choice; the live API may store such a graph with `is_valid: false` (open question 24).
 */
import type { ApiError } from "./envelopes.ts";
import type { RouteElement } from "./route-shapes.ts";

/** Every mistake of a graph, with its place in the request's body. */
export function graphErrors(elements: readonly RouteElement[]): ApiError[] {
  const at = ["body", "elements"];
  const errors: ApiError[] = [];
  const starts = elements.filter(({ type }) => type === "start").length;
  if (starts !== 1) {
    errors.push({ code: 7001, message: `A route has exactly one start element, not ${starts}`, path: at });
  }
  const ids = elements.map(({ id }) => id);
  for (const [index, { id, outputs }] of elements.entries()) {
    if (ids.indexOf(id) < index) {
      errors.push({ code: 7001, message: "Element ids must be unique", path: [...at, index, "id"] });
    }
    for (const [label, { elementId }] of Object.entries(outputs)) {
      if (ids.includes(elementId)) continue;
      const path = [...at, index, "outputs", label, "elementId"];
      errors.push({ code: 7001, message: "There is no element with this id", path });
    }
  }
  return errors;
}
