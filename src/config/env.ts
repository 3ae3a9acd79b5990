// `${env:NAME}` in values. Only names that are meant to be configuration may be read, and never one that serves as
// a credential or secret: what is expanded here ends up in plans and ledgers.

import type { JsonScalar } from "../base/json.ts";
import type { Report } from "./report.ts";
import { quote } from "./source.ts";
import type { Entry, MapNode, Node, ScalarNode } from "./tree.ts";

export interface EnvRules {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What `--env-allow` names: variable names in which `*` stands for any text. */
  readonly allow: readonly string[];
  /** Names that hold secrets whatever the file says. */
  readonly secret: Iterable<string>;
  /** Variable → setting that it stands for by itself, so that no file needs to read it. */
  readonly implied: ReadonlyMap<string, string>;
  /** Report missing variables as warnings. */
  readonly lenient: boolean;
}

const ALWAYS_ALLOWED = ["GATEFORM_*", "CLOUDFLARE_ACCOUNT_ID", "VERCEL_TEAM", "VERCEL_TEAM_ID"];
/** It keys the fingerprints of secrets: known to a reader of the ledger, short secrets could be guessed. */
export const LEDGER_KEY = "GATEFORM_LEDGER_KEY";

const EXPRESSION = /\$\$\{|\$\{([^}]*)\}?/g;
const NESTED = /\$\{env:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;
const ENV = /^env:([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/** Replaces the expressions in every value; keys stay as they are. */
export function expandEnv(root: MapNode, rules: EnvRules, report: Report): MapNode {
  const expander: Expander = {
    rules,
    report,
    allowed: [...ALWAYS_ALLOWED, ...rules.allow].map(toRegExp),
    secret: new Set([LEDGER_KEY, ...rules.secret, ...secretNames(root, rules.env)]),
  };
  return expandMap(expander, root);
}

interface Expander {
  readonly rules: EnvRules;
  readonly report: Report;
  readonly allowed: readonly RegExp[];
  readonly secret: ReadonlySet<string>;
}

function expand(to: Expander, node: Node): Node {
  if (node.type === "scalar") return expandScalar(to, node);
  if (node.type === "map") return expandMap(to, node);
  return { ...node, items: node.items.map((item) => expand(to, item)) };
}

function expandMap(to: Expander, node: MapNode): MapNode {
  const entries = new Map<string, Entry>();
  for (const [key, entry] of node.entries) entries.set(key, { ...entry, value: expand(to, entry.value) });
  return { ...node, entries };
}

function expandScalar(to: Expander, node: ScalarNode): ScalarNode {
  if (typeof node.value !== "string" || !node.value.includes("${")) return node;
  let hole = false;
  let expression = false;
  const text = node.value.replaceAll(EXPRESSION, (whole, inner: string | undefined) => {
    if (inner === undefined) return "${";
    expression = true;
    const value = readVariable(to, node, whole, inner);
    if (value === undefined) hole = true;
    return value ?? "";
  });
  if (!expression) return { ...node, value: text, text };
  const made = { ...node, text, expression: node.value };
  if (hole) return { ...made, value: node.value, hole: true };
  const whole = node.plain && /^\$\{[^}]*\}$/.test(node.value);
  return { ...made, plain: whole, value: whole ? coreScalar(text) : text };
}

/** The variable's value, or `undefined` after reporting why there is none. */
function readVariable(to: Expander, node: ScalarNode, whole: string, inner: string): string | undefined {
  const match = whole.endsWith("}") ? ENV.exec(inner) : null;
  if (match === null) {
    to.report.add("BAD_EXPRESSION", {
      message: `found ${quote(whole)}; only \${env:NAME} and \${env:NAME:-fallback} are replaced`,
      hint: "write $${ for a literal ${",
      at: node.at,
    });
    return undefined;
  }
  const [, name, fallback] = match as unknown as [string, string, string | undefined];
  if (to.secret.has(name)) {
    to.report.add("ENV_IS_SECRET", {
      message: `${name} holds a secret; \${env:${name}} would copy it into plans and the ledger`,
      hint: `where a field takes a secret, write { env: ${name} }`,
      at: node.at,
    });
    return undefined;
  }
  if (!to.allowed.some((pattern) => pattern.test(name))) {
    to.report.add("ENV_NOT_ALLOWED", {
      message: `\${env:${name}} is not allowed; files may read ${ALWAYS_ALLOWED.join(", ")} and what --env-allow names`,
      hint: notAllowedHint(name, to.rules.implied.get(name)),
      at: node.at,
    });
    return undefined;
  }
  // An undefined CI variable arrives as empty text, so empty counts as missing, as in the shell's ":-".
  const value = Object.hasOwn(to.rules.env, name) ? to.rules.env[name] : undefined;
  if (value !== undefined && value !== "") return value;
  if (fallback !== undefined) return fallback;
  to.report.add("ENV_MISSING", {
    severity: to.rules.lenient ? "warning" : "error",
    message: `the environment variable ${name} is ${value === undefined ? "not set" : "empty"}`,
    hint: `set it, or give a fallback: \${env:${name}:-…}`,
    at: node.at,
  });
  return undefined;
}

function notAllowedHint(name: string, implies: string | undefined): string {
  return implies === undefined
    ? `run with --env-allow ${name}; for a secret write { env: ${name} } where the field takes one`
    : `${name} stands for ${implies} where the file leaves that out; for other uses run with --env-allow ${name}`;
}

/** Names inside `{ env: NAME }`, wherever such a map stands: whether a field takes a secret is not asked here. */
function secretNames(root: Node, env: EnvRules["env"]): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: Node): void => {
    if (node.type === "list") for (const item of node.items) visit(item);
    if (node.type !== "map") return;
    for (const entry of node.entries.values()) visit(entry.value);
    const value = node.entries.size === 1 ? node.entries.get("env")?.value : undefined;
    if (value?.type !== "scalar") return;
    // The name may itself be put together from variables.
    names.add(value.text.replaceAll(NESTED, (_, name: string, fallback = "") => env[name] || fallback));
  };
  visit(root);
  return names;
}

/** Reads text as YAML 1.2 core reads a plain scalar (YAML 1.2.2 §10.3.2); `.inf` and `.nan` stay text. */
export function coreScalar(text: string): JsonScalar {
  if (/^(?:|~|null|Null|NULL)$/.test(text)) return null;
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  if (/^(?:false|False|FALSE)$/.test(text)) return false;
  if (/^0o[0-7]+$/.test(text) || /^0x[0-9a-fA-F]+$/.test(text)) return Number(text);
  if (/^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : text;
  }
  return text;
}

function toRegExp(pattern: string): RegExp {
  return new RegExp(`^${pattern.replaceAll(/[\\^$.|+?()[\]{}]/g, "\\$&").replaceAll("*", ".*")}$`);
}
