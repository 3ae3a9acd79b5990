/**
 * Custom domains of a gateway: create, list, get, delete, by hostname. Envelope A. The vendor provisions them in the
 * background, so a domain's status follows from the clock. Shapes: OAS 2026-10; how long and what else is ours.
 */
import type { z } from "zod";
import { type Context, type Endpoint, param } from "../endpoint.ts";
import { alphanumeric, uuid } from "../ids.ts";
import {
  createdDomainWire,
  type DomainRecord,
  domainPostBody,
  domainStatuses,
  domainWire,
} from "./custom-domain-shapes.ts";
import { aiGateway, gatewayReaders, gatewayWriters } from "./endpoints.ts";
import { item, itemWire, list, listWire, notFound } from "./envelopes.ts";
import { gatewayOf } from "./gateways.ts";
import { gatewayPageRequest, pageOf } from "./paging.ts";
import { enumQuery, fits, searched } from "./queries.ts";
import { invalid } from "./validation.ts";

/** A domain as it is now. */
function present(context: Context, domain: DomainRecord): z.infer<typeof domainWire> {
  const { zone_id: _, min_tls: __, pending_from, settled_from, ...rest } = domain;
  const { now } = context;
  if (now < pending_from) return { ...rest, status: "initializing", ssl_hostname_id: null };
  if (now < settled_from) return { ...rest, status: "pending_dcv", modified_at: newer(rest, pending_from) };
  return { ...rest, modified_at: newer(rest, settled_from) };
}

function newer({ modified_at }: { modified_at: number }, step: number): number {
  return Math.max(modified_at, step);
}

const PATH = "/ai-gateway/gateways/:gateway_id/custom-domains";

function domainOf(context: Context): DomainRecord {
  const gateway = gatewayOf(context);
  const name = param(context, "hostname");
  const found = context.store.cloudflare.custom_domains.find(
    (domain) => domain.gateway_id === gateway.id && domain.hostname === name,
  );
  if (found === undefined) throw notFound("Custom domain");
  return found;
}

const create = aiGateway({
  method: "POST",
  path: PATH,
  needs: gatewayWriters,
  request: domainPostBody,
  reply: itemWire(createdDomainWire),
  handle(context, body) {
    const gateway = gatewayOf(context);
    const { custom_domains } = context.store.cloudflare;
    if (custom_domains.some((other) => other.hostname === body.domain)) {
      // Unpublished; as for other names that are taken.
      throw invalid("A custom domain with this hostname already exists", ["body", "domain"]);
    }
    const { custom_domain_step_ms: step, custom_domain_outcome } = context.switches;
    const domain: DomainRecord = {
      hostname: body.domain,
      gateway_id: gateway.id,
      status: custom_domain_outcome,
      zone_id: body.zone_id,
      min_tls: body.minTLS ?? null,
      ssl_hostname_id: uuid("ssl-hostname", context.store.nextSequence()),
      created_at: context.now,
      modified_at: context.now,
      pending_from: context.now + step,
      settled_from: context.now + 2 * step,
    };
    context.store.writeCloudflare({ custom_domains: [...custom_domains, domain] });
    const { ssl_hostname_id: _, ...wire } = present(context, domain);
    // The vendor's form is unpublished.
    const label = alphanumeric("cname", context.store.nextSequence(), 12).toLowerCase();
    return item({ ...wire, cname_target: `${label}.custom-domains.example` });
  },
});

const listAll = aiGateway({
  method: "GET",
  path: PATH,
  needs: gatewayReaders,
  reply: listWire(domainWire),
  handle(context) {
    const gateway = gatewayOf(context);
    const request = gatewayPageRequest(context);
    const wanted = enumQuery(context, "status", domainStatuses);
    const found = context.store.cloudflare.custom_domains
      .filter((domain) => domain.gateway_id === gateway.id && searched(context, domain.hostname))
      .map((domain) => present(context, domain))
      .filter((domain) => fits(wanted, domain.status));
    return list(pageOf(found, request));
  },
});

const getOne = aiGateway({
  method: "GET",
  path: `${PATH}/:hostname`,
  needs: gatewayReaders,
  reply: itemWire(domainWire),
  handle: (context) => item(present(context, domainOf(context))),
});

const remove = aiGateway({
  method: "DELETE",
  path: `${PATH}/:hostname`,
  needs: gatewayWriters,
  reply: itemWire(domainWire),
  handle(context) {
    const domain = domainOf(context);
    const { custom_domains } = context.store.cloudflare;
    context.store.writeCloudflare({ custom_domains: custom_domains.filter((other) => other !== domain) });
    return item(present(context, domain));
  },
});

export const customDomainEndpoints: readonly Endpoint[] = [create, listAll, getOne, remove];
