// What a file says of rotating a value that the vendor shows once: when it is due, and how long the one before goes on
// working.

import * as z from "zod";
import { DURATION_PATTERN } from "../base/duration.ts";
import { DEFAULT_GRACE, type Policy, type Rotation } from "../model/desired.ts";
import type { RawResource } from "./raw.ts";
import type { Report } from "./report.ts";
import { markOf, placeAt } from "./tree.ts";

const span = () =>
  z.string().regex(DURATION_PATTERN, "expected a number with its unit, such as 90d, 24h or 30m");

/** Beside `deliver` in the body of every kind with such a value. */
export const rotationShape = {
  rotate_after: span()
    .optional()
    .meta({
      title: "Rotate after",
      description:
        "How old the value may become: a plan that is made later makes another and delivers it. Left out, it is rotated by `gateform rotate` only",
      examples: ["90d"],
    }),
  grace: span()
    .optional()
    .meta({
      title: "Grace",
      description:
        "How long the old value goes on working after a rotation, for whoever still uses it; the first apply after that deletes it",
      default: DEFAULT_GRACE,
      examples: ["24h", "0s"],
    }),
};

/** What a checked body says of it; `undefined` for nothing. */
export function rotationIn(data: Readonly<Record<string, unknown>>): Rotation | undefined {
  const { rotate_after: after, grace } = data;
  if (after === undefined && grace === undefined) return undefined;
  // `rotationShape` has checked that they are texts.
  return {
    ...(after === undefined ? {} : { after: after as string }),
    ...(grace === undefined ? {} : { grace: grace as string }),
  };
}

/**
 * Reports rotations that would come due by themselves and then be refused by every plan: forbidden by what else the file
 * says, to be delivered nowhere, or only with somebody watching.
 */
export function reportRotations(
  raws: readonly RawResource[],
  policy: Partial<Policy> | undefined,
  report: Report,
): void {
  for (const { rotation, deliver, address, node, at, fields, lifecycle } of raws) {
    if (rotation?.after === undefined || fields === undefined) continue;
    const where = { address, at: markOf(placeAt(node, ["rotate_after"], at)) };
    const sinks = Array.isArray(deliver) ? deliver : [];
    if (sinks.length === 0 || sinks.some((sink: object) => "stdout" in sink)) {
      report.add("ROTATE_WITHOUT_SINK", {
        message: `${address} is to be rotated after ${rotation.after}, and ${sinks.length === 0 ? "`deliver` names no sink for its values" : "the sink `stdout` needs somebody to look at it each time"}`,
        hint: "deliver to a sink that takes values by itself, such as `file`, or rotate it with `gateform rotate`",
        ...where,
      });
      continue;
    }
    const forbidden =
      lifecycle.prevent_destroy === true
        ? "`lifecycle.prevent_destroy`"
        : policy?.prune === "never"
          ? "`policy.prune: never`"
          : undefined;
    if (forbidden === undefined) continue;
    report.add("ROTATE_FORBIDDEN", {
      message: `${address} is to be rotated after ${rotation.after}, and ${forbidden} forbids that, as the old one is deleted in the end: from then on every plan would refuse it`,
      hint: "keep one of the two",
      ...where,
    });
  }
}
