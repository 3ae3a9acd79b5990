/**
 * Which requests are for Vercel's data plane. The vendor has it on a host of its own, `ai-gateway.vercel.sh`; here that
 * host is a path prefix. CLI 64.0.2 takes the address from `VERCEL_AI_GATEWAY_URL` and puts `/v1/models` behind it.
 */

/** Stands for `https://ai-gateway.vercel.sh`. */
export const AI_GATEWAY_PREFIX = "/ai-gateway.vercel.sh";

/** True on the data plane's own host, where the management API's envelopes and limits do not hold. */
export function onAiGatewayHost(path: string): boolean {
  return path === AI_GATEWAY_PREFIX || path.startsWith(`${AI_GATEWAY_PREFIX}/`);
}
