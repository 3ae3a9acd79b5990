/**
 * Rules and virtual models reach the data plane some time after they were written ("a short time", docs of 2026-09-17;
 * a few minutes for virtual models). Remembers what they were before each write, for as long as that still counts.
 */
import type { VercelState } from "../state.ts";

type Settings = Pick<VercelState, "rules" | "virtual_models">;

export interface SettingsLag {
  /** A client's request made `after` of `before`. `lag` in milliseconds. */
  note(before: Settings, after: Settings, lag: number, now: number): void;
  /** What counts at `now`, when `current` is what was written last. */
  at(current: Settings, now: number): Settings;
  clear(): void;
}

export function createSettingsLag(): SettingsLag {
  let past: { readonly until: number; readonly settings: Settings }[] = [];
  return {
    note(before, after, lag, now) {
      if (before.rules === after.rules && before.virtual_models === after.virtual_models) return;
      past = past.filter(({ until }) => until > now);
      if (lag > 0) past.push({ until: now + lag, settings: before });
    },
    at: (current, now) => past.find(({ until }) => until > now)?.settings ?? current,
    clear() {
      past = [];
    },
  };
}
