// A clock for a world in one process, client and server: it begins at a given day, runs fast, so that waiting for a
// vendor costs little, and can be put on by days.

const SPEED = 20;

export interface Clock {
  /** Lets this many milliseconds pass at once. */
  readonly later: (milliseconds: number) => void;
  readonly stop: () => void;
}

/** Every `Date.now` and every timer of the process goes by it until it is stopped. */
export function startClock(start: number): Clock {
  const { now } = Date;
  const { setTimeout } = globalThis;
  const begun = now();
  let passed = 0;
  Date.now = () => Math.floor(start + passed + (now() - begun) * SPEED);
  globalThis.setTimeout = Object.assign(
    (run: (...args: unknown[]) => void, milliseconds = 0, ...args: unknown[]) =>
      setTimeout(run, milliseconds / SPEED, ...args),
    { __promisify__: setTimeout.__promisify__ },
  ) as typeof setTimeout; // its overloads differ in types of the arguments alone
  return {
    later: (milliseconds) => {
      passed += milliseconds;
    },
    stop: () => {
      Date.now = now;
      globalThis.setTimeout = setTimeout;
    },
  };
}
