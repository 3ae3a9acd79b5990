// The ledger's schema: what a stored ledger must look like, as zod and as JSON Schema. The types themselves stand
// in model/ledger.ts; a type test keeps the two the same. Reading and printing are in ledger-text.ts.

import * as z from "zod";
import { LEDGER_FORMAT, type Ledger } from "../model/ledger.ts";
import {
  about,
  accounts,
  address,
  addresses,
  jsonMap,
  kindName,
  stackName,
  text,
  time,
} from "./schema-parts.ts";

const epoch = (title: string, description: string) =>
  z
    .number()
    .meta(about(title, `${description}, in milliseconds since 1970 by the vendor's clock`, 1791192600000));

const intent = z
  .strictObject({
    identity: text(
      "Identity",
      "What was to be made: kind, parent and identity or name, as gateform compares them",
      "vercel.rule  opus",
    ),
    known_ids: z
      .array(z.string())
      .meta(
        about("Known ids", "Live ids of that identity or name from before the call; none can be ours", [
          "k1",
        ]),
      ),
    not_before: epoch("Not before", "Start of the request's window"),
    not_after: epoch("Not after", "End of the request's window"),
    creator: z
      .string()
      .nullable()
      .meta(about("Creator", "The vendor's id of the credential's user, where it is known", "u1")),
    own_name: z
      .literal(true)
      .meta(about("Own name", "Only this request has given the name, so that whatever has it is ours", true))
      .exactOptional(),
  })
  .meta({
    id: "LedgerIntent",
    ...about("Intent", "A create call that was about to be made; recognises what a crash left behind"),
  });

const deliverySchema = z
  .strictObject({
    sink: text("Sink", "Which sink took the value", "file", "stdout"),
    target: text("Target", "Where to, as the file writes it; never a value", "out/ci.token"),
    at: time("At", "When the value was delivered"),
  })
  .meta({ id: "LedgerDelivery", ...about("Delivery", "A one-time value that reached a sink") });

const settling = z
  .strictObject({
    until: time("Until", "Until then an old value in a read is expected"),
    before: jsonMap("Before", "Dotted path → the value from before the write", { cache_ttl: 300 }),
    created: z
      .literal(true)
      .meta(about("Created", "The resource was just created and may be missing from reads", true))
      .exactOptional(),
  })
  .meta({ id: "LedgerSettling", ...about("Settling", "A write that reads may not show yet") });

const retiring = z
  .strictObject({
    id: text("Id", "The vendor's id", "key_old"),
    due: time("Due", "When it is to go"),
    delivering: z
      .literal(true)
      .meta(about("Delivering", "A sink may have its value: it goes when another one is in all sinks", true))
      .exactOptional(),
    sinks: z
      .array(z.string())
      .meta(about("Sinks", "Digests of the sinks that may have its value; any of them without", ["3f9a1c2e"]))
      .exactOptional(),
  })
  .meta({ id: "LedgerRetiring", ...about("Retiring", "Another id of the address that is still live") });

const imprint = z
  .strictObject({
    at: z
      .number()
      .meta(
        about("At", "When the vendor says that it was last written, in ms since 1970", 1_791_192_600_000),
      ),
    preview: text(
      "Preview",
      "Fingerprint of the piece of the secret that the vendor shows",
      `0123abcd:${"0".repeat(64)}`,
    ).exactOptional(),
    rest: text("Rest", "Digest of what else the time is about", `sha256:${"0".repeat(64)}`).exactOptional(),
  })
  .meta({
    id: "LedgerImprint",
    ...about("Imprint", "What the vendor showed of a stored secret after the last write"),
  });

const entry = z
  .strictObject({
    kind: kindName(),
    status: z
      .enum(["ready", "creating", "deleted"])
      .meta(
        about(
          "Status",
          "`creating`: an intent, perhaps carried out by the vendor; `deleted`: first half of a replacement",
          "ready",
        ),
      ),
    id: z
      .string()
      .nullable()
      .meta(about("Id", "The vendor's id; null while it is not known", "support")),
    parent: address("Parent", "Address of the parent", "cloudflare.gateway.support").exactOptional(),
    parent_id: text("Parent id", "The vendor's id of the parent", "support").exactOptional(),
    mark: text(
      "Mark",
      "Tells incarnations of an id that users choose apart: its creation time as the vendor writes it",
      "2026-10-05 09:30:00",
    ).exactOptional(),
    applied: jsonMap(
      "Applied",
      "Dotted path → last applied value of a declared field; secrets as fingerprints",
      {
        cache_ttl: 300,
      },
    ),
    imprint: imprint.exactOptional(),
    prevent_destroy: z
      .boolean()
      .meta(about("Prevent destroy", "`lifecycle.prevent_destroy`; holds when the block is gone", true))
      .exactOptional(),
    on_remove: z
      .enum(["delete", "retain"])
      .meta(about("On remove", "`lifecycle.on_remove`; holds when the block is gone", "retain"))
      .exactOptional(),
    needs: addresses(
      "Needs",
      "Addresses this one needs; they order its removal",
      "cloudflare.gateway.support",
    ),
    intent: intent.exactOptional(),
    settling: settling.exactOptional(),
    rotating: z
      .literal(true)
      .meta(about("Rotating", "A rotation was begun: the next run finishes it", true))
      .exactOptional(),
    retiring: z
      .array(retiring)
      .meta(about("Retiring", "Other ids that are still live", [{ id: "k0", due: "2026-10-06T00:00:00Z" }]))
      .exactOptional(),
    delivered: z
      .array(deliverySchema)
      .meta(
        about("Delivered", "Sinks that hold the value", [
          { sink: "file", target: "out/ci.token", at: "2026-10-05T09:30:00Z" },
        ]),
      )
      .exactOptional(),
    deliver_digest: text(
      "Digest of deliver",
      "Digest of the `deliver` that was carried out last",
      `sha256:${"0".repeat(64)}`,
    ).exactOptional(),
    changed_at: time("Changed at", "Last change by gateform"),
  })
  .meta({ id: "LedgerEntry", ...about("Entry", "One resource that the stack owns") });

const change = z
  .strictObject({
    address: address("Address", "What it is about; need not be in the ledger any more"),
    action: z
      .enum(["create", "update", "delete", "adopt", "forget", "check-secret", "record"])
      .meta(about("Action", "As in a plan's step", "create")),
    outcome: z
      .enum(["done", "already", "written", "unchecked", "unverified", "failed", "blocked", "cancelled"])
      .meta(about("Outcome", "As in an apply report", "done")),
    id: text("Id", "The vendor's id", "key_1").exactOptional(),
    code: text("Code", "Code of a failure", "DELIVERY_FAILED").exactOptional(),
    delivered: z
      .array(z.string())
      .meta(
        about("Delivered", "Sinks that took a one-time value: which, and where to", ["file out/ci.token"]),
      )
      .exactOptional(),
  })
  .meta({ id: "LedgerChange", ...about("Change", "What a run did at one address") });

const run = z
  .strictObject({
    serial: z
      .int()
      .min(0)
      .meta(about("Serial", "Of the write that recorded it", 12)),
    at: time("At", "When the run ended"),
    command: text("Command", "What was run", "apply", "adopt"),
    by: text("By", "User and host, or the user that the CI knows", "alice@build-3"),
    job: text("Job", "Page of the CI's job", "https://github.com/acme/ai/actions/runs/42").exactOptional(),
    changes: z.array(change).meta(about("Changes", "What it did, in order", [])),
    more: z
      .int()
      .min(1)
      .meta(about("More", "How many changes are left out", 12))
      .exactOptional(),
  })
  .meta({ id: "LedgerRun", ...about("Run", "A run that changed something, or may have") });

/** A ledger as it is stored. Unknown members are refused: only a newer format may have any. */
export const ledgerSchema = z
  .strictObject({
    format: z.literal(LEDGER_FORMAT).meta(about("Format", "Version of this form", LEDGER_FORMAT)),
    stack: stackName(),
    lineage: z
      .string()
      .min(1)
      .meta(
        about(
          "Lineage",
          "Random; a ledger made anew is another lineage",
          "4b1f6f0e-0f3b-4a57-9c7e-5b1d6a2f9e10",
        ),
      ),
    serial: z
      .int()
      .min(0)
      .meta(about("Serial", "Counts writes", 12)),
    accounts: accounts(),
    salt: z
      .string()
      .min(16)
      .meta(
        about(
          "Salt",
          "Random; keys the fingerprints when GATEFORM_LEDGER_KEY is not set",
          "pX0kq3yJ7uQm2vB9sT4wZ8aLrN6cE1dF",
        ),
      ),
    resources: z
      .record(address("Address", "Address of a resource"), entry)
      .meta(about("Resources", "Address → what the stack owns there; empty at first", {})),
    history: z
      .array(run)
      .meta(about("History", "The last runs that changed something, the newest last", []))
      .exactOptional(),
  })
  .meta(
    about(
      "gateform ledger",
      "What one stack owns, under which vendor ids, and what it last applied. No secrets.",
    ),
  ) satisfies z.ZodType<Ledger>;

/** The JSON Schema (draft 7) of a stored ledger. */
export function ledgerJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(ledgerSchema, { target: "draft-7" }) };
}
