// Random rules and virtual models of a team, for laws and for the comparison with the reference server.

import fc from "fast-check";

export interface ScenarioRule {
  readonly source: string;
  /** `null`: deny. */
  readonly to: string | null;
  readonly on: boolean;
}

export interface Scenario {
  readonly rules: readonly ScenarioRule[];
  /** Slug → model; `null` is archived. */
  readonly virtual: Readonly<Record<string, string | null>>;
  /** Whether virtual models were read. */
  readonly read: boolean;
}

export const MODELS = Array.from({ length: 14 }, (_, index) => `x/${index}`);
const VIRTUAL = ["vmc/a", "vmc/b"];
export const ALL = [...MODELS, ...VIRTUAL];

const model = fc.constantFrom(...ALL);
/** Mostly long walks: a rule often leads to the next model. */
const link = fc
  .record({ at: fc.nat({ max: MODELS.length - 2 }), on: fc.boolean() })
  .map(({ at, on }) => ({ source: `x/${at}`, to: `x/${at + 1}`, on: on || at % 3 > 0 }));
export const scenario: fc.Arbitrary<Scenario> = fc.record({
  rules: fc
    .uniqueArray(
      fc.oneof(
        { weight: 3, arbitrary: link },
        {
          weight: 2,
          arbitrary: fc.record({ source: model, to: fc.option(model, { freq: 3 }), on: fc.boolean() }),
        },
      ),
      { selector: ({ source }) => source, maxLength: 16 },
    )
    .map((rules) => rules.filter(({ source, to }) => source !== to)),
  virtual: fc.dictionary(fc.constantFrom("a", "b"), fc.option(fc.constantFrom(...MODELS), { freq: 4 }), {
    noNullPrototype: true,
  }),
  read: fc.boolean(),
});
