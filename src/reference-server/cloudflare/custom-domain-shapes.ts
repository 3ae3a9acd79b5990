/**
 * Bodies, answers and records of custom domains, transcribed from Cloudflare's OpenAPI document of 2026-10 (AI Gateway
 * Custom Domains).
 */
import * as z from "zod";
import { gatewayId } from "./gateway-shapes.ts";

export const domainStatuses = ["initializing", "pending_dcv", "active", "blocked", "error"] as const;
const status = z.enum(domainStatuses);

/** Lower case, at least one dot. */
const hostname = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/);
const zone_id = z.string().regex(/^[0-9a-f]{32}$/);
const minTLS = z.enum(["1.0", "1.1", "1.2", "1.3"]);

export const domainPostBody = z.object({ domain: hostname, zone_id, minTLS: minTLS.optional() });

const common = {
  hostname,
  gateway_id: gatewayId,
  status,
  /** Epoch milliseconds here, RFC 3339 everywhere else (OAS 2026-10). */
  created_at: z.int(),
  modified_at: z.int(),
};
/** What only POST answers, and what all others do (OAS 2026-10). */
export const createdDomainWire = z.strictObject({ ...common, cname_target: z.string() });
export const domainWire = z.strictObject({ ...common, ssl_hostname_id: z.string().nullable() });

export const domainRecord = z.strictObject({
  ...common,
  /** What it comes to in the end. */
  status: status.default("active"),
  zone_id: zone_id.default("0".repeat(32)),
  /** As given; never answered. */
  min_tls: minTLS.nullable().default(null),
  ssl_hostname_id: z.string().nullable().default(null),
  /** Milliseconds since 1970 from which it waits for its validation, and from which it has its last status. */
  pending_from: z.int().default(0),
  settled_from: z.int().default(0),
});

export type DomainRecord = z.infer<typeof domainRecord>;
