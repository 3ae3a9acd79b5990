import { isObject, type JsonObject, type JsonValue } from "../../../src/base/json.ts";
import { permissionGroups } from "../../../src/reference-server/cloudflare/permission-groups.ts";
import type { Sample } from "../sample.ts";
import type { Vendors } from "../stage.ts";

const TOKENS = "/tokens";
const RUN = "AI Gateway Run";
const permissions = [RUN];
const deliver = [{ file: { path: "out/caller.token" } }];
const inside = { request_ip: { in: ["192.0.2.0/24"], not_in: ["192.0.2.7/32"] } };

/** The whole token with some members changed, as PUT takes it. */
async function rewrite({ cloudflare }: Vendors, id: string, changes: JsonObject): Promise<void> {
  const { result } = await cloudflare("GET", `${TOKENS}/${id}`);
  if (!isObject(result)) throw new Error("no token");
  const { name, policies, condition, expires_on, not_before, status } = result;
  const all = { name, policies, condition, expires_on, not_before, status, ...changes };
  const body = Object.entries(all).filter(([, value]) => value !== undefined && value !== null);
  await cloudflare("PUT", `${TOKENS}/${id}`, Object.fromEntries(body) as JsonObject);
}

/** The one policy of a token, for another group. */
function policyFor(name: string, token: JsonValue | undefined): JsonObject {
  const policies = isObject(token) ? token.policies : undefined;
  const policy = Array.isArray(policies) ? policies[0] : undefined;
  if (!isObject(policy)) throw new Error("the token has no policy");
  const group = permissionGroups.find((item) => item.name === name);
  return { ...policy, permission_groups: [{ id: String(group?.id) }] };
}

export const token: Sample = {
  kind: "cloudflare.token",
  key: "caller",
  address: "cloudflare.token.caller",
  block: (entries) => ({
    cloudflare: {
      tokens: Object.fromEntries(
        Object.entries(entries).map(([name, body]) => [
          name,
          { ...body, deliver: name === "caller" ? deliver : [{ file: { path: `out/${name}.token` } }] },
        ]),
      ),
    },
  }),
  minimal: { permissions },
  full: {
    name: "caller",
    permissions: [RUN, "AI Gateway Read"],
    condition: inside,
    not_before: "2026-01-01T00:00:00Z",
    expires_on: "2027-06-30T00:00:00Z",
    status: "active",
  },
  several: {
    caller: { permissions },
    reader: { permissions: ["AI Gateway Read"], expires_on: "2027-06-30T00:00:00Z" },
    other: { name: "editor", permissions: ["AI Gateway Edit"] },
  },
  env: {},
  changes: [
    { path: "name", from: "caller", to: "support caller", beside: { permissions } },
    {
      path: "permissions",
      from: [RUN],
      to: ["AI Gateway Read", "AI Gateway Write"],
    },
    {
      path: "condition",
      from: { request_ip: { in: ["192.0.2.0/24"], not_in: ["192.0.2.7/32"] } },
      to: { request_ip: { in: ["198.51.100.0/24"], not_in: ["198.51.100.7/32"] } },
      beside: { permissions },
    },
    { path: "condition", from: inside, to: null, beside: { permissions } },
    {
      path: "not_before",
      from: "2026-01-01T00:00:00Z",
      to: "2026-02-01T00:00:00Z",
      beside: { permissions },
    },
    { path: "not_before", from: "2026-01-01T00:00:00Z", to: null, beside: { permissions } },
    {
      path: "expires_on",
      from: "2027-06-30T00:00:00Z",
      to: "2027-12-31T00:00:00Z",
      beside: { permissions },
    },
    { path: "expires_on", from: "2027-06-30T00:00:00Z", to: null, beside: { permissions } },
    { path: "status", from: "active", to: "disabled", beside: { permissions } },
    { path: "status", from: "disabled", to: "active", beside: { permissions } },
  ],
  unvaried: {},
  forms: [
    [
      { permissions },
      { permissions, name: "caller", status: "active" },
      { permissions: [RUN, RUN], not_before: null, expires_on: null },
      { permissions, condition: null },
      { permissions, condition: {} },
      { permissions, condition: { request_ip: { in: [], not_in: [] } } },
    ],
    [{ permissions: ["AI Gateway Edit", RUN] }, { permissions: [RUN, "AI Gateway Write"] }],
    [
      { permissions, condition: { request_ip: { in: ["192.0.2.0/24", "198.51.100.0/24"] } } },
      { permissions, condition: { request_ip: { in: ["198.51.100.0/24", "192.0.2.0/24"], not_in: [] } } },
    ],
    [
      { permissions, expires_on: "2027-06-30T00:00:00Z" },
      { permissions, expires_on: "2027-06-30T02:00:00+02:00" },
      { permissions, expires_on: "2027-06-30T00:00:00.500Z" },
    ],
  ],
  release: {
    before: { permissions, expires_on: "2027-06-30T00:00:00Z" },
    after: { permissions },
    path: "expires_on",
    held: ["expires_on", "2027-06-30T00:00:00Z"],
  },
  secret: { na: "it has no secret field; its own value comes from the vendor" },
  live: ({ cloudflare }) =>
    cloudflare.tokens
      // The one that these requests carry is live as well, and nobody's.
      .filter(({ owner, policies }) => owner === "account" && policies !== null)
      .map((record) => ({ id: record.id, record: record as unknown as JsonObject })),
  path: `${TOKENS}$`,
  twin: {
    differing: { permissions, expires_on: "2027-06-30T00:00:00Z" },
    make: async ({ cloudflare }) => {
      const { result } = await cloudflare("GET", TOKENS);
      const own = Array.isArray(result) ? result[0] : undefined;
      const made = await cloudflare("POST", TOKENS, { name: "caller", policies: [policyFor(RUN, own)] });
      return String((made.result as JsonObject).id);
    },
  },
  remove: ({ cloudflare }, { id }) => cloudflare("DELETE", `${TOKENS}/${id}`),
  drift: {
    path: "expires_on",
    change: (vendors, { id }) => rewrite(vendors, id, { expires_on: "2030-01-01T00:00:00Z" }),
    held: ["expires_on", "2027-06-30T00:00:00Z"],
  },
  undeclared: {
    before: { permissions, name: "one" },
    after: { permissions, name: "two" },
    set: (vendors, { id }) =>
      rewrite(vendors, id, { condition: inside, expires_on: "2027-06-30T00:00:00Z", status: "disabled" }),
    held: [
      ["condition.request_ip.in", ["192.0.2.0/24"]],
      ["expires_on", "2027-06-30T00:00:00Z"],
      ["status", "disabled"],
    ],
  },
  inside: { na: "nothing lives in it" },
  lag: { na: "no lag of token reads is known" },
  delivered: { file: "out/caller.token", value: ({ record }) => String(record.value), renewed: true },
  not: { immutable: "everything of it changes in place", shared: "it is owned" },
};
