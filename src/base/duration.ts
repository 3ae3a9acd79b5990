// Spans of time as people write them: a whole number with its unit, as in `24h`. A bare number has no unit that all
// readers would agree on.

/** What the text of a span must look like. */
export const DURATION_PATTERN = /^\d{1,6}(ms|s|m|h|d)$/;

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Milliseconds of a span such as `90s`; `undefined` for any other text. */
export function durationOf(text: string): number | undefined {
  const [, unit] = DURATION_PATTERN.exec(text) ?? [];
  return unit === undefined ? undefined : Number.parseInt(text, 10) * (UNITS[unit] ?? 0);
}
