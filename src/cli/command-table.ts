// Every command as data: what it is called, takes and says in its help. The code behind one loads when it is run.

import type { CommandGroup, CommandSpec } from "./command.ts";
import type { OptionName } from "./options.ts";

const READ: readonly OptionName[] = ["file", "output", "envAllow", "parallelism"];
const CHANGE: readonly OptionName[] = [
  "autoApprove",
  "keepGoing",
  "allowDeletes",
  "lockTimeout",
  "detailedExitcode",
];

export const commands: readonly (CommandSpec | CommandGroup)[] = [
  {
    usage: "validate",
    summary: "check the files; needs no network and no secrets",
    details: "Variables that are not set are warnings here and errors everywhere else.",
    options: ["file", "output", "envAllow"],
    examples: ["gateform validate", "gateform validate -f base.yaml -f prod.yaml --output json"],
    load: async () => (await import("./commands/validate.ts")).validate,
  },
  {
    usage: "plan",
    summary: "show what apply would do; reads only, writes nothing",
    details:
      "With --out the plan is saved, with its allowed deletes, permissions and adoptions, and `gateform apply FILE` carries out exactly that. Exits 1 when parts of the plan are refused. Without a ledger nothing live is known to be this stack's: live matches are listed as such, and the exit code is 0.",
    options: [
      ...READ,
      "target",
      "rotate",
      "detailedExitcode",
      "adopt",
      "allowDeletes",
      "allowPermission",
      "out",
      "verbose",
    ],
    examples: [
      "gateform plan",
      "gateform plan --out plan.json",
      "gateform plan --detailed-exitcode",
      "gateform plan --output text --output markdown=comment.md --output json=plan.json",
    ],
    load: async () => (await import("./commands/plan.ts")).plan,
  },
  {
    usage: "apply [plan]",
    summary: "make it so: plan, ask, do it, read it back and prove that nothing is left to do",
    details:
      "With a plan that `gateform plan --out` saved, that is carried out: each step only if what it works on is as the plan found it. Ctrl-C ends the requests that are running, writes the ledger and says how to go on; a second one stops at once.",
    options: [
      ...READ,
      "target",
      ...CHANGE,
      "allowPermission",
      "adopt",
      "digest",
      "newLedger",
      "reveal",
      "verbose",
    ],
    examples: [
      "gateform apply",
      "gateform apply plan.json --auto-approve",
      "gateform apply --auto-approve --output json=report.json",
      "gateform apply --allow-deletes 2",
    ],
    load: async () => (await import("./commands/apply.ts")).apply,
  },
  {
    usage: "rotate <address...>",
    summary: "give keys and tokens another value and deliver it; write stored secrets again",
    details:
      "A key or token whose value the vendor shows once gets a successor: its value is delivered to every sink, and the old one stays live until its `grace` is over; then the next apply deletes it. A secret that the files declare, such as a provider config's, is written in place, also where nobody can tell whether it has changed. Plans like `apply --target`. An address may be a pattern, in which * stands for any text. To have it reviewed first, make a plan with `gateform plan --rotate ADDRESS --out FILE` and apply that.",
    options: [...READ, ...CHANGE, "allowPermission", "reveal", "verbose"],
    examples: [
      "gateform rotate vercel.key.ci",
      "gateform rotate 'cloudflare.token.*' --auto-approve",
      "gateform rotate cloudflare.provider_config.support/openai",
    ],
    load: async () => (await import("./commands/rotate.ts")).rotate,
  },
  {
    usage: "destroy [address...]",
    summary: "delete what the ledger says is this stack's: all of it, or addresses and what depends on them",
    details:
      "On a terminal it asks for the stack's name. The brake holds: say how many deletes it may make. An address may be a pattern, in which * stands for any text.",
    options: [...READ, ...CHANGE, "verbose"],
    examples: [
      "gateform destroy --allow-deletes 6",
      "gateform destroy cloudflare.gateway.support --allow-deletes 3",
    ],
    load: async () => (await import("./commands/destroy.ts")).destroy,
  },
  {
    usage: "drift",
    summary: "compare what is live with what was last applied; exit 2 when it differs",
    options: [...READ, "target", "failOnUnmanaged", "verbose"],
    examples: ["gateform drift", "gateform drift --fail-on-unmanaged --output markdown=drift.md"],
    load: async () => (await import("./commands/drift.ts")).drift,
  },
  {
    usage: "show [address-or-plan]",
    summary:
      "show what the stack owns: ids, URLs, where values went, what a run left half done; or a saved plan",
    details:
      "Reads the file and the ledger; no vendor is asked. A plan that `gateform plan --out` saved is shown without either.",
    options: ["file", "output", "envAllow", "verbose"],
    examples: [
      "gateform show",
      "gateform show vercel.key.ci",
      "gateform show --output json",
      "gateform show plan.json --output markdown",
    ],
    load: async () => (await import("./commands/show.ts")).show,
  },
  {
    usage: "trace <model>",
    summary: "say what happens to a request for a model: which rules send it where, and what serves it",
    details:
      "Goes by the files alone, without network and secrets; with --live by the rules and virtual models that are live, which it only reads. Where there is no gateform.yaml, --live takes the team from VERCEL_TEAM and the token from VERCEL_TOKEN. A model is written creator/model, a virtual one vmc/slug. The answer is the product, whatever it is: the exit code is 0 also for a request that is denied or misconfigured, and 1 where there is no answer.",
    options: [...READ, "live"],
    examples: [
      "gateform trace anthropic/claude-opus-4.7",
      "gateform trace vmc/fast --live",
      "gateform trace openai/gpt-5.5 --output json",
    ],
    load: async () => (await import("./commands/trace.ts")).trace,
  },
  {
    usage: "adopt [address[=id]...]",
    summary: "take live resources into the ledger; writes nothing at a vendor",
    details:
      "ADDRESS takes the only live resource of its identity or name, ADDRESS=ID exactly that one: all of them are adopted, or nothing is. With --all, or a pattern such as 'vercel.rule.*', whatever can be adopted is; what cannot is listed, and the exit code is 1. Without either, on a terminal, it asks.",
    options: [...READ, "all", "lockTimeout"],
    examples: [
      "gateform adopt --all",
      "gateform adopt cloudflare.gateway.support 'vercel.rule.*'",
      "gateform adopt vercel.rule.opus-to-haiku=rule_abc123",
    ],
    load: async () => (await import("./commands/adopt.ts")).adopt,
  },
  {
    usage: "export [selector...]",
    summary: "write what is live as YAML that plans to nothing once it is adopted",
    details:
      "A selector is a provider (vercel), a section (cloudflare.gateways) or an address, in which * stands for any text (vercel.rule.*); without one everything is exported. Where there is no gateform.yaml, the accounts come from CLOUDFLARE_ACCOUNT_ID with CLOUDFLARE_API_TOKEN and VERCEL_TEAM with VERCEL_TOKEN. Secrets are written as references to variables, never as values.",
    options: [
      "file",
      "output",
      "envAllow",
      "parallelism",
      "stack",
      "withDefaults",
      "exportOut",
      "split",
      "force",
    ],
    examples: [
      "gateform export --stack acme-prod --out gateform.yaml",
      "gateform export vercel.rules",
      "gateform export cloudflare.gateway.support",
      "gateform export --split --out gateform",
    ],
    load: async () => (await import("./commands/export.ts")).exportCommand,
  },
  {
    name: "ledger",
    summary: "look into the ledger, and repair it by hand",
    commands: [
      {
        usage: "show [address...]",
        summary: "show what the ledger knows: ids, last applied values, where keys were delivered",
        details: "Asks no vendor. Secrets are shown as such, their fingerprints not at all.",
        options: ["file", "output", "envAllow"],
        examples: ["gateform ledger show", "gateform ledger show vercel.key.ci --output json"],
        load: async () => (await import("./commands/ledger-show.ts")).show,
      },
      {
        usage: "history [address...]",
        summary: "show who changed what and when, the newest run first",
        details:
          "The ledger keeps the last 50 runs that changed something: where keys were delivered, what was deleted, what failed. Asks no vendor.",
        options: ["file", "output", "envAllow"],
        examples: ["gateform ledger history", "gateform ledger history vercel.key.ci"],
        load: async () => (await import("./commands/ledger-show.ts")).history,
      },
      {
        usage: "forget <address...>",
        summary: "take addresses out of the ledger; what they name stays live",
        options: ["file", "output", "envAllow", "lockTimeout"],
        examples: ["gateform ledger forget vercel.rule.opus-to-haiku"],
        load: async () => (await import("./commands/ledger.ts")).forget,
      },
      {
        usage: "unlock",
        summary: "remove the lock of a run that is gone",
        options: ["file", "output", "envAllow"],
        examples: ["gateform ledger unlock"],
        load: async () => (await import("./commands/ledger.ts")).unlock,
      },
    ],
  },
  {
    usage: "explain [topic]",
    summary: "say what a kind, a field, an address of the file or a code means",
    details:
      "The topic is a kind (cloudflare.gateway), a section (cloudflare.gateways), a field (cloudflare.gateway.cache_ttl), a key of the file (policy.max_deletes), an address (cloudflare.gateway.support) or a code; without one it lists what there is. Behind a kind, a field wins over a resource of that name; behind a section there are only resources. The files are read for an address alone, to show what they set.",
    options: ["file", "output", "envAllow"],
    examples: [
      "gateform explain",
      "gateform explain cloudflare.gateway.rate_limiting_limit",
      "gateform explain cloudflare.gateway.support",
      "gateform explain GATEWAY_OPEN_WITH_KEYS",
    ],
    load: async () => (await import("./commands/explain.ts")).explain,
  },
  {
    usage: "schema [name]",
    summary: "print a JSON Schema: config (default), layer, plan or ledger",
    options: [],
    examples: ["gateform schema > gateform.schema.json", "gateform schema plan"],
    load: async () => (await import("./commands/schema.ts")).schema,
  },
  {
    usage: "serve",
    summary: "run the reference server: both vendors' APIs on this machine",
    details: "It keeps everything in memory unless --data names a file, and ends with Ctrl-C.",
    options: ["host", "port", "profile", "data", "seed", "fault", "output"],
    examples: [
      "gateform serve",
      "gateform serve --port 0 --output json",
      `gateform serve --fault '{"method":"POST","effect":{"kind":"status","status":429,"when":"before"},"times":2}'`,
    ],
    load: async () => (await import("./commands/serve.ts")).serve,
  },
  {
    usage: "demo",
    summary: "see it work in one minute, against the reference server",
    options: [],
    examples: ["gateform demo"],
    load: async () => (await import("./commands/demo.ts")).demo,
  },
];
