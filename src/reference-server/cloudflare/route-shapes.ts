/**
 * Bodies, answers and records of dynamic routes, transcribed from Cloudflare's OpenAPI document of 2026-10 (AI Gateway
 * Dynamic Routes). Where the live API answers otherwise (ALC live tests and DIS, 2026), a shape takes both.
 */
import * as z from "zod";
import { gatewayId } from "./gateway-shapes.ts";

const timestamp = z.iso.datetime();
const epoch = "2026-01-01T00:00:00.000Z";
const name = z.string().min(1);

const edge = z.object({ elementId: z.string() });
const id = z.string();
const edges = z.record(z.string(), edge);
/** `fallback` may be left out according to the docs of 2026-04-29, not in OAS 2026-10. */
const twoWays = z.object({ success: edge, fallback: edge });

/** The docs of 2026-04-29 also have a type `rate_limit` with `interval`; OAS 2026-10 does not; open question 24. */
const element = z.discriminatedUnion("type", [
  z.object({ id, type: z.literal("start"), outputs: z.object({ next: edge }) }),
  z.object({
    id,
    type: z.literal("conditional"),
    /** `conditions` in OAS 2026-10 and live, `condition` in the docs of 2026-04-29; open question 25. */
    properties: z.object({
      conditions: z.record(z.string(), z.unknown()).optional(),
      condition: z.unknown().optional(),
    }),
    outputs: z.object({ true: edge, false: edge }),
  }),
  z.object({ id, type: z.literal("percentage"), outputs: edges }),
  z.object({
    id,
    type: z.literal("rate"),
    properties: z.object({
      limitType: z.enum(["count", "cost"]),
      key: z.string(),
      limit: z.number(),
      window: z.number(),
    }),
    outputs: twoWays,
  }),
  z.object({
    id,
    type: z.literal("model"),
    properties: z.object({
      provider: z.string(),
      model: z.string(),
      timeout: z.number(),
      retries: z.number(),
    }),
    outputs: twoWays,
  }),
  z.object({ id, type: z.literal("end"), outputs: edges }),
]);

export type RouteElement = z.infer<typeof element>;

const elements = z.array(element);

export const routePostBody = z.object({ name, elements });
export const routePatchBody = z.object({ name });
export const versionPostBody = z.object({ elements });
export const deploymentPostBody = z.object({ version_id: z.string() });

/** A graph as kept and answered: whatever was put there. */
const graph = z.array(z.record(z.string(), z.unknown()));

const versionWire = z.strictObject({
  version_id: z.string(),
  /** A string in OAS 2026-10, an array live; absent from the live list of routes. */
  data: z.union([z.string(), graph]).optional(),
  active: z.union([z.boolean(), z.enum(["true", "false"])]),
  is_valid: z.boolean().optional(),
  created_at: timestamp,
});

const deploymentWire = z.strictObject({
  deployment_id: z.string(),
  version_id: z.string(),
  created_at: timestamp,
});

const bare = {
  id: z.string(),
  name,
  gateway_id: gatewayId,
  /** Required in OAS 2026-10, missing live. */
  elements: graph.optional(),
  created_at: timestamp,
  modified_at: timestamp,
};

/** What DELETE and POST of a deployment answer. */
export const bareRouteWire = z.strictObject(bare);
export const routeWire = z.strictObject({ ...bare, version: versionWire, deployment: deploymentWire });
/** What POST of a version answers; `version_id` live only. */
export const madeVersionWire = z.strictObject({ ...bare, version_id: z.string().optional() });
/** Route and version in one object. */
export const routeVersionWire = z.strictObject({ ...bare, ...versionWire.shape });

/** A route in a list and in the answer to PATCH, the only ones that name the account (SDK 7.3.0, 2026-10-02). */
export const taggedRouteWire = routeWire.extend({ account_tag: z.string() });

export const patchedRouteWire = z.strictObject({ success: z.literal(true), route: taggedRouteWire });

/** Envelope B of a list: `data` instead of `result`, and no total. */
function dataWire<T extends z.ZodRawShape>(rows: T): z.ZodType {
  return z.strictObject({
    success: z.literal(true),
    data: z.strictObject({
      ...rows,
      page: z.int(),
      per_page: z.int(),
      order_by: z.string(),
      order_by_direction: z.enum(["asc", "desc"]),
    }),
  });
}

export const routeListWire = dataWire({ routes: z.array(taggedRouteWire) });
export const versionListWire = dataWire({ versions: z.array(versionWire) });
export const deploymentListWire = dataWire({ deployments: z.array(deploymentWire) });

const versionRecord = z.strictObject({
  version_id: z.string().min(1),
  elements: graph.default([]),
  is_valid: z.boolean().default(true),
  created_at: timestamp.default(epoch),
});

const deploymentRecord = z.strictObject({
  deployment_id: z.string().min(1),
  version_id: z.string(),
  created_at: timestamp.default(epoch),
});

/** Versions and deployments are never deleted; the last of each is the newest. */
export const routeRecord = z
  .strictObject({
    id: z.string().min(1),
    gateway_id: gatewayId,
    name,
    versions: z.array(versionRecord).min(1),
    deployments: z.array(deploymentRecord).min(1),
    created_at: timestamp.default(epoch),
    modified_at: timestamp.default(epoch),
  })
  .refine(
    ({ versions, deployments }) =>
      deployments.every((deployment) =>
        versions.some((version) => version.version_id === deployment.version_id),
      ),
    { message: "a deployment is of a version that the route does not have", path: ["deployments"] },
  );

export type RouteRecord = z.infer<typeof routeRecord>;
export type VersionRecord = z.infer<typeof versionRecord>;
export type DeploymentRecord = z.infer<typeof deploymentRecord>;
