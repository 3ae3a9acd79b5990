// The plan's schema: what a saved plan must look like, as zod and as JSON Schema. The types stand in
// model/plan.ts; a type test keeps the two the same. What a schema cannot say of a plan is in plan-sense.ts.

import * as z from "zod";
import { PLAN_FORMAT, type Plan } from "../model/plan.ts";
import { behaviour } from "./behaviour-schema.ts";
import {
  about,
  accounts,
  address,
  addresses,
  anyJson,
  jsonMap,
  kindName,
  span,
  stackName,
  text,
  time,
} from "./schema-parts.ts";
import { sink } from "./sink-schema.ts";

const ids = (title: string, description: string) =>
  z.array(z.string()).meta(about(title, description, ["k1"]));
const flag = (title: string, description: string) =>
  z
    .literal(true)
    .meta(about(title, description, true))
    .exactOptional();
const message = text("Message", "One sentence for people", "authentication is turned off");

const position = z
  .strictObject({
    file: text("File", "File name", "gateform.yaml"),
    line: z
      .int()
      .min(1)
      .meta(about("Line", "Line, from 1", 12)),
    column: z
      .int()
      .min(1)
      .meta(about("Column", "Column, from 1", 5)),
    width: z
      .int()
      .min(1)
      .meta(about("Width", "Columns that the marked text is wide", 9))
      .exactOptional(),
  })
  .meta({ id: "PlanPosition", ...about("Position", "A place in a file") });

const diagnostic = z
  .strictObject({
    severity: z.enum(["error", "warning", "note"]).meta(about("Severity", "How grave it is", "warning")),
    code: text("Code", "Stable name of the finding", "NOT_OWNED"),
    message,
    hint: text("Hint", "What to write or run instead", "run with --adopt").exactOptional(),
    address: address("Address", "Resource it is about").exactOptional(),
    position: position.exactOptional(),
    snippet: text("Snippet", "Text of the marked line", "  cache_tll: 300").exactOptional(),
  })
  .meta({ id: "PlanDiagnostic", ...about("Diagnostic", "A finding about the files or the run") });

const change = z
  .strictObject({
    path: text("Path", "Dotted path in the file's vocabulary", "cache_ttl"),
    before: anyJson("Before", "Live value; secrets as marks, null also for an absent value", 300),
    after: anyJson("After", "Declared value; secrets and unresolved references as marks", 600),
    moved: z
      .enum(["config", "world", "both", "unknown"])
      .meta(about("Moved", "Which side moved since the last apply; unknown where nobody can tell", "config")),
    forces_replacement: flag("Forces replacement", "The field cannot be changed in place"),
    sensitive: flag("Sensitive", "The value is a secret or holds one"),
  })
  .meta({ id: "PlanChange", ...about("Change", "One field that differs") });

const risk = z
  .strictObject({
    code: text("Code", "Stable name of the risk", "authentication-off"),
    path: text("Path", "Field that takes a protection away", "authentication"),
    message,
    meanwhile: flag("Meanwhile", "It is so only until the step is done"),
  })
  .meta({ id: "PlanRisk", ...about("Risk", "A protection that the step takes away") });

const expects = z
  .discriminatedUnion("state", [
    z
      .strictObject({ state: z.literal("absent").meta(about("State", "There is nothing yet", "absent")) })
      .meta(about("Absent", "Nothing of that identity is there")),
    z
      .strictObject({
        state: z.literal("present").meta(about("State", "It is there", "present")),
        id: text("Id", "The vendor's id", "support"),
        mark: text("Mark", "Its incarnation", "2026-10-05 09:30:00").exactOptional(),
        fields: jsonMap("Fields", "All normalised writable fields, as they were read", { cache_ttl: 300 }),
        children: ids("Children", "Ids of the live children").exactOptional(),
        ledger: z
          .enum(["owned", "protected"])
          .meta(
            about(
              "Ledger",
              "It is in the ledger under the step's address; `protected`: and must not be removed, which the plan lifts",
              "owned",
            ),
          )
          .exactOptional(),
      })
      .meta(about("Present", "It is there and has these values")),
    z
      .strictObject({ state: z.literal("any").meta(about("State", "Nothing is expected", "any")) })
      .meta(about("Any", "The step changes only the ledger")),
  ])
  .meta({ id: "PlanExpects", ...about("Expects", "What must still be so when the step runs") });

const lifecycle = z
  .strictObject({
    prevent_destroy: z
      .boolean()
      .meta(about("Prevent destroy", "Refuse to delete it", true))
      .exactOptional(),
    ignore_changes: z
      .array(z.string())
      .meta(about("Ignore changes", "Fields whose differences are not acted on", ["cache_ttl"]))
      .exactOptional(),
    on_remove: z
      .enum(["delete", "retain"])
      .meta(about("On remove", "What happens when the block is gone", "retain"))
      .exactOptional(),
    silence: z
      .array(z.string())
      .meta(about("Silence", "Codes of checks that do not apply here", ["UNKNOWN_PROVIDER"]))
      .exactOptional(),
  })
  .meta({ id: "PlanLifecycle", ...about("Lifecycle", "How the resource is protected and removed") });

const body = z
  .strictObject({
    fields: jsonMap("Fields", "Declared fields", { cache_ttl: 600 }),
    defaults: jsonMap("Defaults", "Sent on create only, not owned", { collect_logs: true }),
    lifecycle,
    deliver: z
      .array(sink)
      .meta(about("Deliver", "Sinks for the value", [{ stdout: {} }]))
      .exactOptional(),
    needs: addresses("Needs", "Addresses this one needs, for the ledger", "cloudflare.gateway.support"),
  })
  .meta({ id: "PlanStepBody", ...about("Body", "What a create, update or adopt works towards") });

const child = z
  .strictObject({
    noun: text("Noun", "What it is", "dynamic route"),
    id: text("Id", "The vendor's id", "r1"),
    name: text("Name", "What people call it", "tiered"),
  })
  .meta({ id: "PlanChild", ...about("Child", "Goes when its parent goes") });

const step = z
  .strictObject({
    id: text("Id", "`<action> <address>`, unique in the plan", "create vercel.rule.opus-to-haiku"),
    action: z
      .enum(["create", "update", "delete", "adopt", "forget", "check-secret", "record"])
      .meta(about("Action", "What is done; `forget` and `record` change only the ledger", "create")),
    address: address("Address", "Resource it is done to"),
    kind: kindName(),
    vendor_id: z
      .string()
      .nullable()
      .meta(about("Vendor id", "The vendor's id, null before a create", "support")),
    parent: address("Parent", "Address of the parent", "cloudflare.gateway.support").exactOptional(),
    parent_id: text("Parent id", "The vendor's id of the parent", "support").exactOptional(),
    changes: z.array(change).meta(about("Changes", "Fields that differ", [])),
    needs: z.array(z.string()).meta(about("Needs", "Ids of steps that must have succeeded before", [])),
    expects,
    reason: z
      .enum([
        "new",
        "vanished",
        "interrupted",
        "undelivered",
        "changed",
        "replaced",
        "removed",
        "destroyed",
        "exclusive",
        "child",
        "retired",
        "rotate",
        "rotation-due",
        "existing",
        "retained",
        "gone",
        "moved",
        "lifecycle",
        "claimed",
        "released",
        "secret",
      ])
      .meta(about("Reason", "Why the step is there", "changed")),
    risks: z.array(risk).meta(about("Risks", "Protections that it takes away", [])),
    body: body.exactOptional(),
    replacement: z
      .enum(["create-first", "gap"])
      .meta(about("Replacement", "Half of a replacement; `gap`: the old one goes first", "create-first"))
      .exactOptional(),
    instead_of: address(
      "Instead of",
      "Has the identity, or the name, that a create takes, and is deleted before",
    ).exactOptional(),
    retires: z
      .strictObject({
        id: text("Id", "The vendor's id of the one whose place it takes", "key_1"),
        grace: span("Grace", "How long that one stays live beside it", "24h"),
      })
      .meta(about("Retires", "Of a create that rotates a value", { id: "key_1", grace: "24h" }))
      .exactOptional(),
    along: address("Along", "Deleted in this plan too, and takes the live object along").exactOptional(),
    from: address("From", "Address that the ledger has it under until then").exactOptional(),
    exchange: text(
      "Exchange",
      "Id of what the ledger has there until then, and under `from` afterwards",
      "rule_2",
    ).exactOptional(),
    children: z
      .array(child)
      .meta(about("Children", "What a delete takes along", []))
      .exactOptional(),
    reviewed: flag("Reviewed", "`removed` names this delete, so that the brake does not count it"),
    known_ids: ids("Known ids", "Live ids of that name or identity at plan time").exactOptional(),
    released: z
      .array(z.string())
      .meta(about("Released", "Declared paths that are no longer owned afterwards", ["cache_ttl"]))
      .exactOptional(),
    claimed: z
      .array(z.string())
      .meta(
        about("Claimed", "Declared paths that had the value already and are owned afterwards", ["cache_ttl"]),
      )
      .exactOptional(),
  })
  .meta({ id: "PlanStep", ...about("Step", "One action on one resource") });

const unmanaged = z
  .strictObject({
    kind: kindName(),
    id: text("Id", "The vendor's id", "old-gateway"),
    parent_id: text("Parent id", "The vendor's id of the parent", "support").exactOptional(),
    name: text("Name", "What people call it", "old-gateway"),
  })
  .meta({ id: "PlanUnmanaged", ...about("Unmanaged", "Live, in scope, and nobody's; never touched") });

const refusal = z
  .strictObject({
    address: address("Address", "What is refused"),
    code: text("Code", "Stable name of the refusal", "NOT_OWNED"),
    message,
    hint: text("Hint", "What to write or run instead", "run with --adopt").exactOptional(),
    position: position.exactOptional(),
    because: address("Because", "The refused address it depends on").exactOptional(),
  })
  .meta({ id: "PlanRefusal", ...about("Refusal", "What the plan does not do, and why") });

const count = (what: string) =>
  z
    .int()
    .min(0)
    .meta(about(what, `How many: ${what.toLowerCase()}`, 0));
const summary = z
  .strictObject({
    create: count("Creates"),
    update: count("Updates"),
    replace: count("Replacements"),
    rotate: count("Rotations of values that are shown once"),
    delete: count("Deletes"),
    adopt: count("Adoptions"),
    forget: count("Forgotten"),
    record: count("Ledger-only changes"),
    check_secret: count("Secrets to check"),
    unchanged: count("Unchanged"),
    unmanaged: count("Unmanaged"),
    refused: count("Refused"),
    counted_deletes: count("Deletes that the brake counts"),
  })
  .meta({ id: "PlanSummary", ...about("Summary", "Counts") });

const settlingItem = z
  .strictObject({
    address: address("Address", "Resource"),
    path: text("Path", "Field", "cache_ttl"),
    until: time("Until", "Until then an old value is expected"),
  })
  .meta({ id: "PlanSettling", ...about("Settling", "A value that a read may still show in its old form") });

/** A plan as `plan --out` saves it. Unknown members are refused: only a newer format may have any. */
export const planSchema = z
  .strictObject({
    format: z.literal(PLAN_FORMAT).meta(about("Format", "Version of this form", PLAN_FORMAT)),
    stack: stackName(),
    lineage: z
      .string()
      .nullable()
      .meta(about("Lineage", "The ledger's; null: made without one, applies only while there is none", null)),
    serial: z
      .int()
      .min(0)
      .nullable()
      .meta(about("Serial", "The ledger's when the plan was made", 12)),
    accounts: accounts(),
    created_at: time("Created at", "When the plan was made"),
    partial: z
      .array(z.string())
      .meta(
        about("Partial", "`--target`s as given: the plan is about what they select", [
          "cloudflare.gateway.support",
        ]),
      )
      .exactOptional(),
    steps: z.array(step).meta(about("Steps", "In order", [])),
    unchanged: addresses("Unchanged", "As declared already", "cloudflare.gateway.support"),
    kept: addresses(
      "Kept",
      "No longer declared, kept by `prune: never`, or until an earlier value's grace is over",
      "vercel.rule.old",
    ),
    settling: z.array(settlingItem).meta(about("Settling", "Not a change: reads may be late", [])),
    unmanaged: z.array(unmanaged).meta(about("Unmanaged", "Live things that nobody declares", [])),
    refused: z.array(refusal).meta(about("Refused", "What the plan does not do", [])),
    allowed_deletes: z
      .int()
      .min(0)
      .meta(about("Allowed deletes", "The brake, as the plan was made with", 0)),
    behaviour: behaviour.exactOptional(),
    summary,
    diagnostics: z.array(diagnostic).meta(about("Diagnostics", "Findings", [])),
  })
  .meta(
    about("gateform plan", "What an apply will do, with what each step expects. No secrets."),
  ) satisfies z.ZodType<Plan>;

/** The JSON Schema (draft 7) of a saved plan. */
export function planJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(planSchema, { target: "draft-7" }) };
}
