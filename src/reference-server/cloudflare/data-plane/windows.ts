/**
 * Sums over time windows, for rate limits, spend limits and the rate elements of dynamic routes. A fixed window
 * begins at a multiple of its length, a sliding one ends now: ten a minute let twenty through around a full minute
 * when fixed and not when sliding (docs *Rate limiting*, 2026).
 */

export interface Window {
  readonly seconds: number;
  readonly technique: "fixed" | "sliding";
}

export interface Windows {
  /** Adds `amount` to what is counted under `key`. */
  add(key: string, amount: number, now: number): void;
  /** What was counted under `key` in the window that holds `now`. A key has one window length. */
  sum(key: string, window: Window, now: number): number;
  clear(): void;
}

export function createWindows(): Windows {
  const counted = new Map<string, { at: number; amount: number }[]>();
  return {
    add(key, amount, now) {
      const events = counted.get(key) ?? [];
      events.push({ at: now, amount });
      counted.set(key, events);
    },
    sum(key, { seconds, technique }, now) {
      const length = seconds * 1000;
      const inside =
        technique === "fixed"
          ? (at: number) => at >= Math.floor(now / length) * length
          : (at: number) => at > now - length;
      const events = (counted.get(key) ?? []).filter(({ at }) => inside(at));
      counted.set(key, events);
      return events.reduce((total, { amount }) => total + amount, 0);
    },
    clear: () => counted.clear(),
  };
}
