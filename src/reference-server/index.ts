/**
 * The public face of the reference server: start it, and the types of its options. Everything else of this
 * folder is its own business; nothing of the rest of src/ is used here.
 */
export { type FaultRule, readFaultRules } from "./faults.ts";
export { type Connection, type RunningServer, startReferenceServer } from "./server.ts";
export type { Profile, Switches } from "./switches.ts";
export type { LogEntry, ReferenceServerOptions } from "./world.ts";
