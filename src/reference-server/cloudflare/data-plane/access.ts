/**
 * Who may use a gateway: the truth table of authenticated gateways (docs *Authenticated Gateway*, 2026-06-17; status
 * and code observed 2026), and the `default` gateway that its first authenticated request makes (docs *Manage
 * gateways*, 2026).
 */
import type { Incoming } from "../../http.ts";
import type { World } from "../../world.ts";
import { isUsable, mayComeFrom } from "../auth.ts";
import type { GatewayRecord } from "../gateway-shapes.ts";
import { defaultSettings } from "../gateways.ts";
import type { TokenRecord } from "../token-shapes.ts";
import { noGateway, unauthorized } from "./errors.ts";

/** What a token needs to call a gateway. Permissions hold for all gateways of an account (docs 2026-06-17). */
export const RUN = "AI Gateway Run";

export interface Access {
  readonly gateway: GatewayRecord;
  /** The caller showed a good token, whether or not the gateway asks for one. */
  readonly authenticated: boolean;
}

/** The gateway of this id for the bearer of `cf-aig-authorization`. @throws Refusal 2001 or 2009 */
export function enter(world: World, id: string, incoming: Incoming): Access {
  const token = tokenOf(world, incoming.headers["cf-aig-authorization"]);
  const authenticated = token !== undefined && mayRun(token, incoming.address, world.now());
  const gateway = gatewayFor(world, id, authenticated);
  if (gateway.authentication && !authenticated) throw unauthorized();
  return { gateway, authenticated };
}

/** The gateway of this id; `default` is made when an authenticated caller asks for it. @throws Refusal 2001 */
export function gatewayFor(world: World, id: string, authenticated: boolean): GatewayRecord {
  const { gateways } = world.store.cloudflare;
  const found = gateways.find((candidate) => candidate.id === id);
  if (found !== undefined) return found;
  if (id !== "default" || !authenticated) throw noGateway();
  const at = new Date(world.now()).toISOString();
  const settings = { ...defaultSettings(world.switches), authentication: true };
  const made: GatewayRecord = { id, ...settings, created_at: at, modified_at: at };
  world.store.writeCloudflare({ gateways: [...gateways, made] });
  return made;
}

function tokenOf(world: World, header: string | undefined): TokenRecord | undefined {
  const value = /^Bearer (\S+)$/i.exec(header ?? "")?.[1];
  return world.store.cloudflare.tokens.find((candidate) => candidate.value === value);
}

function mayRun(token: TokenRecord, address: string, now: number): boolean {
  return isUsable(token, now) && mayComeFrom(token, address) && token.permissions.includes(RUN);
}
