// Kind `vercel.rule`: a routing rule of the team, which denies a model or rewrites it to another. Type and source
// model are fixed at creation; the rest changes in place. The API has no call for one rule, only the list.

import * as z from "zod";
import { formatAddress } from "../../../base/address.ts";
import type { JsonValue } from "../../../base/json.ts";
import type { LiveResource } from "../../../model/live.ts";
import { ProviderError, reworded, unlessGone } from "../../../provider/error.ts";
import {
  type Created,
  type CreateInput,
  defineKind,
  type Listing,
  type ResolvedFields,
  type ResolvedValue,
  type UpdateInput,
} from "../../../provider/kind.ts";
import type { VercelReader, VercelWriter } from "../client.ts";
import { readCursorPages } from "../pages.ts";

/** Without a version: `/v1/ai-gateway/rules` answered 404 in a live probe of 2026-08, and the CLI sends this. */
const RULES = "/ai-gateway/rules";

const MODEL = /^[^/\s]+\/\S+$/;

const model = (title: string, description: string, example: string) =>
  z
    .string()
    .regex(MODEL, { error: "expected a model as creator/model" })
    .meta({ title, description, examples: [example] });

const text = (title: string, description: string, example: string) =>
  z
    .string()
    .nullable()
    .meta({ title, description, examples: [example, null] })
    .optional();

const emptyAsNull = (value: JsonValue): JsonValue => (value === "" ? null : value);

const shape = z.looseObject({
  ruleId: z.string(),
  type: z.string(),
  match: z.looseObject({ model: z.string().nullish() }).nullish(),
  action: z.looseObject({ rewriteModel: z.string().nullish(), reason: z.string().nullish() }).nullish(),
  enabled: z.boolean().nullish(),
  description: z.string().nullish(),
  deleted: z.boolean().nullish(),
  createdAt: z.number().nullish(),
  createdBy: z.string().nullish(),
});

const pageShape = z.looseObject({ rules: z.array(shape), cursor: z.string().nullish() });

export const rule = defineKind({
  kind: "vercel.rule",
  noun: "rule",
  description: "A routing rule of the team: deny a model, or send its requests to another one.",
  section: "rules",
  spec: z
    .strictObject({
      type: z.enum(["deny", "rewrite"]).meta({
        title: "Type",
        description: "deny refuses requests for the source model, rewrite sends them to the destination",
        examples: ["rewrite"],
      }),
      source: model("Source", "Model that requests name", "anthropic/claude-opus-4.7"),
      destination: model(
        "Destination",
        "Model that a rewrite sends requests to, or vmc/<slug> for a virtual model",
        "anthropic/claude-haiku-4.5",
      ).optional(),
      reason: text("Reason", "Why the rule is there; null for none", "cost"),
      description: text("Description", "A note; null for none", "Until the budget review in March"),
      enabled: z
        .boolean()
        .meta({
          title: "Enabled",
          description: "Whether the rule is applied; a new one is",
          examples: [true],
        })
        .optional(),
    })
    .superRefine(({ type, source, destination }, context) => {
      const wrong = (message: string): void => {
        context.addIssue({ code: "custom", path: ["destination"], message });
      };
      if (type === "rewrite" && destination === undefined) wrong("a rewrite rule needs a destination");
      if (type === "deny" && destination !== undefined) wrong("a deny rule takes none, a rewrite rule does");
      if (destination === source) wrong("it is the source itself, so that nothing would be rewritten");
    }),
  example: {
    type: "rewrite",
    source: "anthropic/claude-opus-4.7",
    destination: "anthropic/claude-haiku-4.5",
    reason: "cost",
    description: "Until the budget review in March",
    enabled: true,
  },
  example_key: "opus-to-haiku",
  docs: [
    {
      title: "Routing rules",
      url: "https://vercel.com/docs/ai-gateway/models-and-providers/routing-rules",
    },
  ],
  fields: {
    type: { immutable: true },
    source: { immutable: true },
    reason: { canonical: emptyAsNull },
    // The CLI (64.0.2) can send an empty description.
    description: { canonical: emptyAsNull },
    enabled: {
      server_default: true,
      canonical: (value) => value ?? true,
      risk: {
        code: "rule-off",
        message: "What the rule denies or rewrites now gets through",
        when: (before, after) => before === true && after === false,
      },
    },
  },
  inferNeeds: ({ destination }) => {
    const slug = /^vmc\/(.+)$/.exec(String(destination))?.[1];
    return slug === undefined ? [] : [formatAddress("vercel.virtual_model", [slug])];
  },
  identity: ({ source }) => String(source),
  identity_fields: ["source"],
  write_permission: "the role Owner or Member",
  // No request that changes the type is known (CLI 64.0.2 sends none with an edit), and a second rule of one source is
  // taken for the conflict that "create rule" may answer (409 in OAS 2026-10, its cause inferred), whether the first
  // is enabled or not: so what takes the place of another comes after it.
  gap_risk: {
    code: "rule-gap",
    message: "Until the new rule is there, requests for its model are served by that model",
    of: ({ type, source, destination, enabled }) => {
      if (enabled === false) return undefined;
      const before =
        type === "deny" ? "though they are denied now" : `and no longer by ${String(destination)}`;
      return `Until the new rule is there, requests for ${String(source)} are served by that model, ${before}`;
    },
  },
  // No lag of reads was ever reported; a margin for replicas.
  settles_within: 10,
  api: {
    list,
    create,
    update,
    delete: async (api: VercelWriter, { id }) => unlessGone(api.delete(RULES, { ruleId: id })),
  },
});

function fromWire(wire: z.output<typeof shape>): LiveResource {
  const source = wire.match?.model ?? null;
  return {
    kind: "vercel.rule",
    id: wire.ruleId,
    name: `${wire.type} ${source ?? wire.ruleId}`,
    fields: {
      type: wire.type,
      source,
      destination: wire.action?.rewriteModel ?? null,
      reason: wire.action?.reason ?? null,
      description: wire.description ?? null,
      enabled: wire.enabled ?? true,
    },
    ...(typeof wire.createdAt === "number" ? { created_at: wire.createdAt } : {}),
    ...(typeof wire.createdBy === "string" ? { created_by: wire.createdBy } : {}),
  };
}

/** Asked for nothing but disabled rules too, the API answers the whole list; a cursor is followed all the same. */
function list(api: VercelReader): Promise<Listing> {
  return readCursorPages(async (cursor) => {
    const page = await api.get(RULES, pageShape, {
      includeDisabled: "true",
      ...(cursor === undefined ? {} : { cursor }),
    });
    const kept = page.rules.filter((wire) => wire.deleted !== true);
    return { resources: kept.map(fromWire), next: page.cursor ?? undefined };
  });
}

/** The members of `action` and the rest that are named in `take`, under the names of the API. */
function toWire(fields: ResolvedFields, take: (name: string) => boolean): Record<string, ResolvedValue> {
  const action: Record<string, ResolvedValue> = {};
  const body: Record<string, ResolvedValue> = {};
  const { destination, reason, description, enabled } = fields;
  if (destination !== undefined && destination !== null && take("destination")) {
    action.rewriteModel = destination;
  }
  if (reason !== undefined && take("reason")) action.reason = reason;
  if (description !== undefined && take("description")) body.description = description;
  if (enabled !== undefined && take("enabled")) body.enabled = enabled;
  if (Object.keys(action).length > 0) body.action = action;
  return body;
}

/**
 * A new rule is enabled; no client was seen to send `enabled` with a create (CLI 64.0.2), so one that is declared
 * disabled is switched off by a second request.
 */
async function create(api: VercelWriter, { fields }: CreateInput): Promise<Created> {
  const declared = (name: string): boolean => name !== "enabled" && fields[name] !== null;
  const body = {
    type: fields.type ?? null,
    match: { model: fields.source ?? null },
    ...toWire(fields, declared),
  };
  const live = fromWire(await api.post(RULES, body, shape));
  if (fields.enabled !== false || live.fields.enabled === false) return { live };
  try {
    return { live: fromWire(await api.patch(RULES, { ruleId: live.id, enabled: false }, shape)) };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return unmade(api, live, error);
  }
}

/**
 * A rule that nobody could switch off must not go on denying or rewriting, so it goes again. Where that is refused,
 * too, it is reported as it is, enabled, so that its id is kept and the next run switches it off.
 */
async function unmade(api: VercelWriter, live: LiveResource, error: ProviderError): Promise<Created> {
  try {
    await unlessGone(api.delete(RULES, { ruleId: live.id }));
  } catch (second) {
    if (!(second instanceof ProviderError)) throw second;
    return { live, note: `it is enabled: switching it off was refused (${error.message})` };
  }
  throw reworded(
    error,
    `the rule was made and could not be switched off, so it was deleted again: ${error.message}`,
    "not-applied",
  );
}

/** The server merges `action` member by member; `null` clears a reason or a description. */
async function update(api: VercelWriter, { id, fields, changed }: UpdateInput): Promise<LiveResource> {
  const names = new Set(changed.map((dotted) => dotted.split(".")[0]));
  const body = toWire(fields, (name) => names.size === 0 || names.has(name));
  return fromWire(await api.patch(RULES, { ruleId: id, ...body }, shape));
}
