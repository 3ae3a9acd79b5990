// What every code means that is no mistake in a file: those of plans, runs, ledgers, sinks and vendors. The codes
// of files stand in src/config/codes.ts, those of checks beside the checks. A test compares both tables with the codes that the source uses.

import { CONFIG_CODES } from "../config/codes.ts";
import type { LedgerErrorCode } from "../ledger/backend.ts";
import type { Refused } from "../provider/error.ts";
import type { SinkErrorCode } from "./sinks/sink.ts";

/** Why a plan does not do something: `refused[].code`. */
export const REFUSALS = {
  NOT_OWNED:
    "Something of the same identity or name is live, and the ledger does not know it. `--adopt`, `policy.adopt` or `gateform adopt ADDRESS=ID` takes it over",
  OWNERSHIP_UNKNOWN:
    "The same, in a plan without a ledger: nobody can tell whose it is. Does not fail the plan",
  AMBIGUOUS:
    "Several live resources could be the one that is meant, or one live resource could be several declared ones. `gateform adopt ADDRESS=ID` settles it",
  ADOPT_REPLACES: "Adopting it would replace it at once, because a field that cannot be changed differs",
  ALREADY_OWNED: "`adopt` names an address that the ledger has already",
  NEVER_OWNED: "`adopt` names something shared, such as the Secrets Store, which is used and never owned",
  OWNED_ELSEWHERE:
    "A live resource belongs to another address of the ledger: one that `adopt` names, or one that two entries have",
  NOT_FOUND: "`adopt` names an id that is not live, or an address of which nothing is live",
  MOVED_TAKEN: "`moved` leads from one address to another, and the ledger has an entry for both",
  NOT_TARGETED: "`--target` selects one half of what can only be done as a whole. The hint says what to add",
  IDENTITY_TAKEN: "A create or change would take an identity that something else keeps",
  NO_SINK: "A resource with a one-time value is to be created without `deliver`",
  HALF_DELIVERED:
    "What is to be kept on removal has one value in some of its sinks and another one in the others, so that it cannot be let go of yet",
  PREVENT_DESTROY: "`lifecycle.prevent_destroy` forbids the delete or replacement",
  REPLACE_FORBIDDEN: "A replacement is needed, and `policy.prune: never` forbids deletes",
  NOT_REPLACEABLE:
    "A field that cannot be changed differs, and no other resource can take the place of the one that has it: it keeps its id and that value even when it is deleted",
  TAKES_ALONG:
    "A delete would take along something of ours that has no delete of its own: protected, retained, not found, about to be taken over, or not part of the plan",
  PART_OF:
    "A live resource belongs to another one, as a provider config's stored key does, and goes with it; it cannot be taken over, replaced or removed by itself",
  CHILDREN_UNMANAGED:
    "A delete would take along things that gateform does not manage. `removed` with the address accepts that",
  OUT_OF_SCOPE: "The ledger has entries in a section or block that the file no longer has",
  READ_INCOMPLETE:
    "A list, or what lives in a resource, could not be read to its end, so nothing under it is created, replaced or deleted",
  NAME_NOT_FOUND:
    "A key is the name of something that the vendor does not know, or knows several of. Nothing is done to it, nor to what may be meant by it",
  SPELLED_TWICE: "Two keys, of which each may be a name or an id, stand for one and the same thing",
  NEEDED_TO_CREATE: "It is to be made, and the file leaves out what may be left out only where it exists",
  UNKNOWN: "An owned resource was not in the list, and nothing confirms that it is gone",
  SELF_PROTECTED:
    "The step would delete, disable, narrow or let expire the very credential that the run uses. Do it with another one",
  PERMISSION_NOT_ALLOWED:
    "A token would be given a permission beyond those of AI Gateway. `--allow-permission NAME` lets a run do that",
  BLOCKED: "It depends on an address that is refused",
} as const;

/** Findings about a plan or a run as a whole. */
export const RUN_CODES = {
  TARGET_UNMATCHED:
    "`--target`, `--rotate`, or an address of `rotate` or `destroy`, names nothing that there is",
  NOTHING_TO_ROTATE:
    "What is to be rotated has neither a value that the vendor shows once nor a secret that the files declare",
  NEEDS_ROTATE:
    "The sinks that `deliver` names are not those that the value went to; only a rotation puts a value there. A note",
  NEVER_SHOWN:
    "A field is declared for something that is there already, and the vendor never shows its value. It is taken for what is declared, and nothing is changed. A warning, once",
  MAYBE_MOVED:
    "Something new has the body, or what identifies it, of something that is no longer declared. If it was renamed, the hint has the line for `moved`",
  NOT_A_RENAME: "The same, where the key is the vendor's id: it is a delete and a create",
  TWIN: "Something live has the name of an owned resource that only its id tells apart, and is not in the ledger. Nothing is done to it",
  STILL_DECLARED: "A destroy of single addresses is about some that the files still declare",
  DELETES_BRAKED:
    "The plan deletes more than the greater of `policy.max_deletes` and `--allow-deletes` allows",
  DEPENDENCY_CYCLE: "Steps need each other in a circle; the message prints it",
  PLAN_REFUSED: "Apply did not start because a part of the plan is refused. `--keep-going` runs the rest",
  NOT_CONVERGED:
    "A value that was written reads back as another one. The message names the field, the hint the line to write",
  NO_FINGERPRINT:
    "A secret is too short to be fingerprinted without `GATEFORM_LEDGER_KEY`, so a change of it goes unnoticed",
  WEAK_LEDGER_KEY:
    "`GATEFORM_LEDGER_KEY` could be found by trying: it has fewer than 20 characters, or nothing but blanks",
  OTHER_LEDGER_KEY:
    "Fingerprints in the ledger were made with another `GATEFORM_LEDGER_KEY`; whether these secrets changed cannot be told. A note",
  MISSING_CREDENTIAL: "A vendor's credential cannot be resolved",
  MISSING_SECRET: "A step needs a secret that cannot be resolved here; nothing was started",
  GLOBAL_API_KEY:
    "The run uses a Cloudflare user's Global API key, which may do whatever the user may. An API token with the permission groups that the file needs is better",
  CREDENTIAL_UNUSED:
    "The environment has several credentials for a vendor, and the best one is used. A file that names one is not about this",
  UNKNOWN_PERMISSION: "A token names a permission group that the account does not have",
  MISSING_PERMISSION: "The credential may not do what the plan needs",
  CONNECT_FAILED: "A vendor could not be reached, or refuses the credential",
  WRONG_ACCOUNT: "The credentials lead to another account or team than the ledger's",
  PLAN_STACK: "The saved plan is for another stack than the files",
  PLAN_LINEAGE:
    "The saved plan was made with another ledger, with a newer state of it, or without one where there is one by now",
  PLAN_ACCOUNT: "The saved plan is for another account or team than the credentials lead to",
  WRONG_STACK: "The ledger belongs to another stack than the file",
  SECRETS_QUOTA: "The Secrets Store has no room for the secrets that the plan stores, provider keys included",
  QUOTA_UNREADABLE: "The Secrets Store's quota could not be read; the run goes on",
  NOT_DECLARED: "`adopt` names an address that no file declares, or a pattern that matches none",
  NOT_IN_LEDGER: "A `ledger` command names an address that the ledger does not have",
  NO_MATCH: "Nothing live has the address that `export` is asked for",
  NOT_EXPORTED:
    "Something live, or a field of it, cannot be said in a file of this version, and `export` goes on without it; as an error: nothing was exported, for several reasons",
  SECTION_LEFT_OUT:
    "The credential may not read a section, so `export` writes none; the file is not about what is in it",
  NOTHING_TO_TRACE:
    "`trace` goes by what the files declare, and they declare nothing that decides what a request gets; `--live` asks the vendor",
  EXPORT_DIFFERS: "What `export` wrote of a resource would be changed by a plan",
  EXPORT_UNDECLARED:
    "The ledger that an export goes on with has resources that the export does not declare: as the only files of the stack they ask for their removal",
  SAME_NAME: "Several live resources have one name, and only their ids tell them apart: adopt them by id",
  PROVIDER_LEFT_OUT: "`export` goes on without a provider that nothing says how to connect to",
  OTHER_FILES: "The directory that `export --split` wrote to holds other YAML files, which are read with it",
  LEDGER_MISSING: "There is no ledger where one is needed",
  LEDGER_STARTED: "`adopt` found no ledger and started one",
  VALUES_UNKNOWN: "Of what is in adopted keys and stored secrets, an adoption learns nothing",
  VENDOR_STATE:
    "The vendor is still making what the stack owns, or failed at it, or refuses it by now: an expired or leaked key",
  LOCK_TAKEN_OVER: "The lock of a run that is gone was taken over",
} as const;

/** Why a step failed, beside what the vendor says. */
export const STEP_CODES = {
  MOVED:
    "What the step works on changed between plan and step; `deviations` in the report says where. Plan again",
  UNSETTLED: "The answer to a create was lost, and it could not be looked up",
  DELIVERY_FAILED:
    "A sink did not take a one-time value; the new key was revoked, unless the message says otherwise",
} as const;

/** Why a secret reference gives no value. */
export const SECRET_CODES = {
  SECRET_MISSING: "The variable is not set, the file is not there, or the value is empty",
  SECRET_UNREADABLE: "The file cannot be read, or the value is not UTF-8 text",
  SECRET_TOO_LARGE: "The value is larger than any secret",
  SECRET_COMMAND_FAILED: "The command ended with an error or took too long",
  SECRET_COMMAND_NOT_RUN: "The value comes from a command, and this gateform command runs none",
} as const;

export const LEDGER_CODES = {
  LEDGER_NEWER: "The ledger was written by a newer gateform",
  LEDGER_UNREADABLE: "What is stored is no ledger, or is damaged",
  LEDGER_CONFLICT: "The stored ledger is not the one that this run started from",
  LEDGER_LOCKED: "Another run holds the lock",
  LEDGER_LOCK_STALE:
    "Nobody can tell whether the lock's holder is alive. `gateform ledger unlock` removes it",
  LEDGER_PATH: "The ledger's place is a directory, a link or the like",
  LEDGER_HOST:
    "`ledger.http` names a server that neither is on this machine nor stands in `GATEFORM_LEDGER_HOSTS`; nothing was sent to it",
  LEDGER_ACCESS: "The ledger's server refuses the credential, or its reference gives no value",
  LEDGER_NO_LOCK: "The ledger's server does not lock where and how `ledger.http` says, so nothing is written",
  LEDGER_IO: "The file system, the network or the ledger's server refused",
} as const satisfies Readonly<Record<LedgerErrorCode, string>>;

export const SINK_CODES = {
  SINK_PATH: "No value is written there: a link, a directory, a ledger, a place inside `.git`",
  SINK_NAME: "A dotenv or json file needs the name of an entry",
  SINK_GIT_TRACKS: "git would track the file. The hint gives the line for `.gitignore`",
  SINK_GIT_UNKNOWN: "The file is in a git work tree, and git cannot be asked",
  SINK_CONTENT: "The file is there, and its other entries could not be kept",
  SINK_VALUE: "The format cannot hold this value, or a terminal would act on it",
  SINK_LOST: "The value was not there after it was written",
  SINK_IO: "The file system refused",
  SINK_COMMAND: "A program is not there, lacks a variable, or did not end with exit code 0",
  SINK_ADDRESS: "`GITHUB_API_URL` or `VERCEL_BASE_URL` is no https URL, nor one of this machine",
  SINK_CREDENTIAL: "The sink's own credential is not at hand, or its server says that it is not valid",
  SINK_FORBIDDEN: "The sink's credential may not write there",
  SINK_NOT_FOUND:
    "There is no such repository, environment, organization or project, or the sink's credential does not see it",
  SINK_REFUSED: "The sink's server refused, or gave an answer of another shape than it has",
  SINK_UNREACHABLE: "The sink's server gave no answer, or something in between gave one in its place",
  SINK_TAKEN:
    "A Vercel variable of this name has another type or other targets, which a new value does not change",
  SINK_KEPT: "Another sink failed, and the value could not be taken away again from this one",
  SINK_NOT_REVEALED: "The value goes to `stdout`, and `--reveal ADDRESS` is missing",
  SINK_NO_TERMINAL: "The value goes to `stdout`, which is no terminal or is kept as a CI log",
} as const satisfies Readonly<Record<SinkErrorCode, string>>;

/** What a vendor's or the network's refusal is called in a report: `Refused`, in capitals. */
export const VENDOR_CODES: Readonly<Record<Refused, string>> = {
  "not-found": "It is not there",
  exists: "Something of that identity is there already",
  permission: "The credential may not do this. Every further step that needs the same permission is blocked",
  authentication: "The credential is not valid",
  invalid: "The vendor does not take the values",
  throttled: "Too many requests, also after waiting",
  waiting: "An asynchronous part was not ready in time",
  unavailable: "The vendor or the network failed. The next run looks up what became of it",
  malformed: "The answer has a form that gateform does not know",
  limit: "A quota of the account is used up",
};

/** What ends a command before or beside a run. */
export const COMMAND_CODES = {
  USAGE: "The command line is not understood",
  CONFIG_INVALID:
    "The files have several mistakes; each is among the diagnostics. A single mistake ends the command under its own code",
  NOT_CONNECTED: "A plan could not be made for several reasons; each is among the diagnostics",
  PLAN_UNREADABLE:
    "The file is no saved plan, is damaged, or contradicts itself; or it has a kind that is not known here",
  PLAN_NEWER: "The plan was saved by a newer gateform",
  PLAN_DIGEST: "The plan is not the one that `--digest` names",
  NOT_APPROVED: "There is no terminal to ask on, and `--auto-approve` is missing",
  DECLINED: "The question was not answered with yes",
  NOT_STARTED: "Apply did not start for several reasons; each is among the diagnostics",
  APPLY_FAILED: "A step failed; the report says which",
  INTERRUPTED: "The run was stopped before all steps had started",
  NOT_ADOPTED:
    "Nothing was adopted, for several reasons; or, of many, some could not be: the others are adopted",
  NOT_SHOWN: "`ledger show` or `ledger history` names several addresses that the ledger does not have",
  NOT_TRACED: "`trace` has no answer, for several reasons; each is among the diagnostics",
  NOT_FORGOTTEN: "The ledger is as it was, for several reasons",
  OUTPUT_FILE: "A file that `--output` or `--out` names cannot be written",
  FILE_EXISTS: "A file that `--out` names is there already, and `--force` is missing",
  PORT_TAKEN: "The port of `serve` is taken",
  SERVE_FAILED: "The reference server could not start",
  DEMO_FAILED: "A command of the demo did not end as it should; please report it",
  VENDOR: "A vendor's answer ended the command",
  INTERNAL: "A mistake in gateform; please report it",
} as const;

/** `not-found` → `NOT_FOUND` */
export function vendorCode(refused: string): string {
  return refused.toUpperCase().replaceAll("-", "_");
}

/** Codes of one origin, with what a reader of the reference needs to know of all of them. */
export interface CodeTable {
  readonly title: string;
  readonly intro: string;
  /** Code → what it means. */
  readonly codes: Readonly<Record<string, string>>;
}

const VENDOR = Object.fromEntries(
  Object.entries(VENDOR_CODES).map(([refused, meaning]) => [vendorCode(refused), meaning]),
);

/** Every code but those of checks and risks, which stand with what they are about. */
export const CODE_TABLES: readonly [CodeTable, ...CodeTable[]] = [
  {
    title: "Mistakes in a file",
    intro: "Reported with file, line and column, all of a file at once.",
    codes: CONFIG_CODES,
  },
  {
    title: "Refused in a plan",
    intro: "`refused[].code`. Plan exits 1, unless the meaning says otherwise.",
    codes: REFUSALS,
  },
  {
    title: "The run as a whole",
    intro: "Among `diagnostics`, as error, warning or note.",
    codes: RUN_CODES,
  },
  { title: "A command", intro: "What ends a command.", codes: COMMAND_CODES },
  {
    title: "A step that failed",
    intro: "`results[].code` of an apply report.",
    codes: { ...STEP_CODES, ...VENDOR },
  },
  { title: "Secrets", intro: "Why a secret reference gives no value.", codes: SECRET_CODES },
  {
    title: "The ledger",
    intro: "The run stops; nothing was started, or the message says how far it came.",
    codes: LEDGER_CODES,
  },
  {
    title: "Sinks",
    intro:
      "Why a one-time value cannot be delivered. All but `SINK_LOST` and `SINK_KEPT` can show before the key is made.",
    codes: SINK_CODES,
  },
];
