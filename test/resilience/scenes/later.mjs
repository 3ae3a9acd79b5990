// Loaded by a run that plays at another time: its clock is ahead by so many milliseconds, or behind.
const ahead = Number(process.env.GATEFORM_TEST_CLOCK_AHEAD ?? 0);
const Real = Date;
globalThis.Date = class extends Real {
  constructor(...args) {
    if (args.length === 0) super(Real.now() + ahead);
    else super(...args);
  }
  static now() {
    return Real.now() + ahead;
  }
};
