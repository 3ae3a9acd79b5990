/**
 * What has been spent under a budget, and when that starts again from nothing: daily at 00:00, weekly on Monday, monthly
 * on day 1, all UTC, and never for `none` (budget docs 2026-08-28).
 */
import type { z } from "zod";
import type { refreshPeriod } from "./shapes.ts";

/** US dollars that count towards a budget. */
export interface Meter {
  readonly currentSpend: number;
  /** At the price of the list, although the provider's own bill is for it. */
  readonly currentByokSpend: number;
  /** When something was spent last, in milliseconds since 1970; absent: in the running period. */
  readonly spentAt?: number | undefined;
}

type Period = z.infer<typeof refreshPeriod>;

/** `record` without its inner date, and with nothing spent when that was before the running period. */
export function metered<T extends Meter & { refreshPeriod: Period }>(
  record: T,
  now: number,
): Omit<T, "spentAt"> {
  const { spentAt, ...rest } = record;
  if (spentAt === undefined || spentAt >= startOf(record.refreshPeriod, now)) return rest;
  return { ...rest, currentSpend: 0, currentByokSpend: 0 };
}

/** The meter of `record` after `cost` US dollars more. */
export function spend(
  record: Meter & { refreshPeriod: Period },
  cost: number,
  byok: boolean,
  now: number,
): Required<Meter> {
  const { currentSpend, currentByokSpend } = metered(record, now);
  return {
    currentSpend: sum(currentSpend, byok ? 0 : cost),
    currentByokSpend: sum(currentByokSpend, byok ? cost : 0),
    spentAt: now,
  };
}

/** To the millionth of a dollar, so that what was spent is readable and reaches its limit. */
function sum(a: number, b: number): number {
  return Math.round((a + b) * 1_000_000) / 1_000_000;
}

function startOf(period: Period, now: number): number {
  const day = new Date(now);
  day.setUTCHours(0, 0, 0, 0);
  if (period === "none") return 0;
  if (period === "weekly") day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7));
  if (period === "monthly") day.setUTCDate(1);
  return day.getTime();
}
