// Random plans and reports in which every text may be hostile and every optional member comes and goes.

import fc from "fast-check";
import type { Diagnostic } from "../../src/base/diagnostic.ts";
import type { JsonValue } from "../../src/base/json.ts";
import type { Outcome, TraceAnswer, TraceStep } from "../../src/model/behaviour.ts";
import type { Change, Plan, Step } from "../../src/model/plan.ts";
import type { ApplyReport, Deviation } from "../../src/model/report.ts";
import { MARKDOWN_ATTACKS, TERMINAL_ATTACKS } from "../golden/sample-hostile.ts";
import { planOf, reportOf } from "../golden/sample-plan.ts";

/** Any UTF-16 text, lone surrogates included, with attacks among it and sometimes very long. */
export const hostile: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...TERMINAL_ATTACKS, ...MARKDOWN_ATTACKS) },
  { weight: 3, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
  { weight: 3, arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom("x".repeat(300), "世`@\n".repeat(2_000), "```\n".repeat(50)) },
);

const address = fc.oneof(fc.constantFrom("vercel.rule.a", "vercel.key.b", "cloudflare.gateway.c"), hostile);

const source = fc.oneof(
  fc.record({ env: hostile }),
  fc.record({ file: hostile }),
  fc.record({ command: fc.array(hostile, { maxLength: 2 }) }),
);
const mark = fc.oneof(
  fc
    .record(
      { source, fingerprint: fc.constantFrom("k:1", "k:2", "j:1"), masked: fc.constant(true) },
      { requiredKeys: [] },
    )
    .map(($secret) => ({ $secret }) as unknown as JsonValue),
  address.map(($ref) => ({ $ref }) as JsonValue),
);
const value: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    hostile,
    fc.oneof(
      fc.constant(null),
      fc.boolean(),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    ),
    mark,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(hostile, tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

const deviation: fc.Arbitrary<Deviation> = fc.record(
  { path: hostile, expected: value, found: value, sensitive: fc.constant(true as const) },
  { requiredKeys: ["path", "expected", "found"], noNullPrototype: true },
);

const change: fc.Arbitrary<Change> = fc.record(
  {
    path: hostile,
    before: value,
    after: value,
    moved: fc.constantFrom("config" as const, "world" as const, "both" as const, "unknown" as const),
    forces_replacement: fc.constant(true as const),
    sensitive: fc.constant(true as const),
  },
  { requiredKeys: ["path", "before", "after", "moved"], noNullPrototype: true },
);

const step: fc.Arbitrary<Step> = fc
  .record(
    {
      action: fc.constantFrom<Step["action"]>(
        "create",
        "update",
        "delete",
        "adopt",
        "forget",
        "check-secret",
        "record",
      ),
      address,
      kind: hostile,
      vendor_id: fc.option(hostile),
      changes: fc.array(change, { maxLength: 4 }),
      needs: fc.array(hostile, { maxLength: 2 }),
      expects: fc.constant({ state: "any" } as const),
      reason: fc.constantFrom<Step["reason"]>(
        "new",
        "vanished",
        "changed",
        "replaced",
        "removed",
        "exclusive",
        "retired",
        "gone",
      ),
      risks: fc.array(
        fc.record(
          { code: hostile, path: hostile, message: hostile, meanwhile: fc.constant(true as const) },
          { requiredKeys: ["code", "path", "message"], noNullPrototype: true },
        ),
        { maxLength: 2 },
      ),
      instead_of: hostile,
      from: hostile,
      exchange: hostile,
      replacement: fc.constantFrom("create-first" as const, "gap" as const),
      children: fc.array(fc.record({ noun: hostile, id: hostile, name: hostile }), { maxLength: 3 }),
      released: fc.array(hostile, { maxLength: 2 }),
      claimed: fc.array(hostile, { maxLength: 2 }),
      body: fc.record({
        fields: fc.constant({}),
        defaults: fc.dictionary(hostile, value, { maxKeys: 2, noNullPrototype: true }),
        lifecycle: fc.constant({}),
        deliver: fc.array(
          fc.record({
            file: fc.record({ path: hostile, format: fc.constantFrom("raw" as const, "json" as const) }),
          }),
          { maxLength: 2 },
        ),
        needs: fc.constant([]),
      }),
    },
    {
      requiredKeys: [
        "action",
        "address",
        "kind",
        "vendor_id",
        "changes",
        "needs",
        "expects",
        "reason",
        "risks",
      ],
      noNullPrototype: true,
    },
  )
  .map((parts) => ({ id: `${parts.action} ${parts.address}`, ...parts }));

export const diagnostic: fc.Arbitrary<Diagnostic> = fc.record(
  {
    severity: fc.constantFrom("error" as const, "warning" as const, "note" as const),
    code: hostile,
    message: hostile,
    hint: hostile,
    address: hostile,
    position: fc.record({
      file: hostile,
      line: fc.nat({ max: 5_000 }),
      column: fc.nat({ max: 60 }),
      width: fc.nat({ max: 60 }),
    }),
    snippet: hostile,
  },
  { requiredKeys: ["severity", "code", "message"], noNullPrototype: true },
);

const refusal = fc.record(
  { address, code: hostile, message: hostile, hint: hostile, because: hostile },
  { requiredKeys: ["address", "code", "message"], noNullPrototype: true },
);
const settling = fc.record({ address, path: hostile, until: hostile });
const few = { maxLength: 3 };

const outcome = fc.record(
  {
    verdict: fc.constantFrom<Outcome["verdict"]>("served", "denied", "failed", "unknown"),
    served_by: fc.array(hostile, few),
    through: fc.array(hostile, few),
    status: fc.constantFrom(400, 403),
    code: hostile,
    message: hostile,
    reason: hostile,
  },
  { requiredKeys: ["verdict", "served_by", "through"], noNullPrototype: true },
);
const behaviour = fc.record({
  format: fc.constant(1 as const),
  changes: fc.array(fc.record({ provider: hostile, subject: hostile, before: outcome, after: outcome }), few),
});

/** An answer of `gateform trace`. */
export const answer: fc.Arbitrary<TraceAnswer> = fc.record({
  provider: fc.constant("vercel"),
  source: fc.constantFrom("file" as const, "live" as const),
  subject: hostile,
  steps: fc.array(
    fc.record(
      {
        action: fc.constantFrom<TraceStep["action"]>("rewrite", "deny", "resolve"),
        by: hostile,
        position: fc.record({ file: hostile, line: fc.nat(), column: fc.nat() }),
        from: hostile,
        to: fc.array(hostile, few),
        reason: hostile,
      },
      { requiredKeys: ["action", "by", "from", "to"], noNullPrototype: true },
    ),
    few,
  ),
  outcome,
});

export const plan: fc.Arbitrary<Plan> = fc
  .record(
    {
      behaviour,
      stack: hostile,
      accounts: fc.dictionary(hostile, hostile, { maxKeys: 3, noNullPrototype: true }),
      steps: fc.array(step, { maxLength: 8 }),
      unchanged: fc.array(address, few),
      kept: fc.array(address, few),
      settling: fc.array(settling, few),
      unmanaged: fc.array(
        fc.record({ kind: hostile, id: hostile, name: hostile }, { noNullPrototype: true }),
        few,
      ),
      refused: fc.array(refusal, few),
      diagnostics: fc.array(diagnostic, few),
      summary: fc.record({ counted_deletes: fc.nat({ max: 3 }) }),
    },
    { noNullPrototype: true },
  )
  .map(planOf);

export const report: fc.Arbitrary<ApplyReport> = fc
  .record(
    {
      stack: hostile,
      results: fc.array(
        fc.record(
          {
            step: hostile,
            action: fc.constantFrom<Step["action"]>("create", "delete", "check-secret"),
            address,
            outcome: fc.constantFrom(
              "done" as const,
              "already" as const,
              "failed" as const,
              "blocked" as const,
            ),
            message: hostile,
            code: hostile,
            hint: hostile,
            request_id: hostile,
            because: hostile,
            deviations: fc.array(deviation, few),
            delivered: fc.array(fc.record({ sink: hostile, target: hostile, at: hostile }), few),
            duration: fc.nat(),
          },
          { requiredKeys: ["step", "action", "address", "outcome", "duration"], noNullPrototype: true },
        ),
        { maxLength: 6 },
      ),
      settling: fc.array(settling, few),
      refused: fc.array(refusal, few),
      diagnostics: fc.array(diagnostic, few),
      converged: fc.boolean(),
      interrupted: fc.boolean(),
    },
    { noNullPrototype: true },
  )
  .map(reportOf);
