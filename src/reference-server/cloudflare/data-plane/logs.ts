/**
 * Log rows of a gateway, kept in the state where a test can count them. A row has no key, prompt or answer in it.
 */
import { uuid } from "../../ids.ts";
import type { World } from "../../world.ts";
import type { GatewayRecord } from "../gateway-shapes.ts";
import type { LogRecord } from "../state.ts";

/** Adds a row and answers its id; undefined when the gateway is full and keeps what it has. */
export function addLog(
  world: World,
  gateway: GatewayRecord,
  row: Omit<LogRecord, "id" | "gateway_id" | "created_at">,
): string | undefined {
  const id = uuid("log", world.store.nextSequence());
  const { logs } = world.store.cloudflare;
  const own = logs.filter((log) => log.gateway_id === gateway.id);
  const full = gateway.log_management !== null && own.length >= gateway.log_management;
  if (full && gateway.log_management_strategy === "STOP_INSERTING") return undefined;
  const created_at = new Date(world.now()).toISOString();
  const kept = full ? logs.filter((log) => log !== own[0]) : logs;
  world.store.writeCloudflare({ logs: [...kept, { id, gateway_id: gateway.id, created_at, ...row }] });
  return id;
}
