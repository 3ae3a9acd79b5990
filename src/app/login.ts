// Which credential a run uses, where a provider takes more than one kind: what the files name wins over the
// environment; there the first way to log in counts of which it has anything. Nothing is used that nobody meant.

import type { Diagnostic, Position } from "../base/diagnostic.ts";
import type { SecretSource } from "../base/expression.ts";
import { type AnyProvider, type Login, loginsOf, loginVariables } from "../provider/provider.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** A provider's block as the files have it. */
export interface ProviderBlock {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly credentials: Readonly<Record<string, SecretSource>>;
  /** Where the files write the block's keys. */
  readonly written: Readonly<Record<string, Position>>;
}

export interface ChosenLogin {
  readonly login: Login;
  /** Its plain settings that come from the environment. */
  readonly settings: Readonly<Record<string, string>>;
  readonly notes: readonly Diagnostic[];
  /** Why it cannot be used. */
  readonly problem?: Diagnostic;
}

/** Chooses among the ways to log in, and completes it from the environment but for its secrets. */
export function chooseLogin(provider: AnyProvider, block: ProviderBlock, env: Env): ChosenLogin {
  const logins = loginsOf(provider);
  const named = logins.find((login) => writtenMembers(block, login).length > 0);
  const login = named ?? loginOfEnvironment(provider, env, logins);
  const notes = named === undefined ? unused(provider, logins, login, env) : [];
  const settings: Record<string, string> = {};
  for (const [name, variable] of Object.entries(login.settings)) {
    if (block.settings[name] !== undefined) continue;
    const value = env[variable] ?? "";
    if (value === "") {
      const problem = shortOf(provider, block, login, name, `${variable} is not set.`);
      return { login, settings, notes, problem };
    }
    const checked = provider.settings.shape[name]?.safeParse(value);
    if (checked?.success === false) {
      const why = `${variable} does not hold it: ${checked.error.issues[0]?.message ?? "not accepted"}.`;
      return { login, settings, notes, problem: shortOf(provider, block, login, name, why) };
    }
    settings[name] = value;
  }
  const { advice } = login;
  return {
    login,
    settings,
    notes: advice === undefined ? notes : [...notes, { severity: "note", ...advice }],
  };
}

/** The way to log in that the environment is for: the first of which it has anything. */
export function loginOfEnvironment(provider: AnyProvider, env: Env, logins = loginsOf(provider)): Login {
  const variables = (login: Login) => loginVariables(provider, login);
  return logins.find((login) => variables(login).some((name) => isSet(env, name))) ?? logins[0];
}

/** The error of a way to log in of which a member is missing. */
export function shortOf(
  provider: AnyProvider,
  block: ProviderBlock,
  login: Login,
  name: string,
  why: string,
): Diagnostic {
  const [beside] = writtenMembers(block, login).filter((member) => member !== name);
  const others = [...login.credentials, ...Object.keys(login.settings)].filter((member) => member !== name);
  const position = block.written[name] ?? (beside === undefined ? undefined : block.written[beside]);
  const whole = others.length === 0 ? "" : ` beside ${others.join(" and ")}, to log in with ${login.noun}`;
  const variable = login.settings[name];
  const [best] = loginsOf(provider);
  const better =
    login.noun === best.noun || beside !== undefined
      ? ""
      : `; or set ${loginVariables(provider, best).join(" and ")} to log in with ${best.noun}`;
  return {
    severity: "error",
    code: "MISSING_CREDENTIAL",
    message: `${provider.title} needs ${provider.name}.${name}${whole}. ${why}`,
    hint:
      variable === undefined
        ? `set it, or write another source under \`${provider.name}: { ${name}: … }\`${better}`
        : `set ${variable}, or write \`${provider.name}: { ${name}: … }\`${better}`,
    ...(position === undefined ? {} : { position }),
  };
}

function writtenMembers({ written }: ProviderBlock, login: Login): readonly string[] {
  return [...login.credentials, ...Object.keys(login.settings)].filter((name) =>
    Object.hasOwn(written, name),
  );
}

/** Credentials that are in the environment, too, and that somebody may have meant. */
function unused(
  provider: AnyProvider,
  logins: readonly Login[],
  chosen: Login,
  env: Env,
): readonly Diagnostic[] {
  const used = chosen.credentials.map((name) => provider.credentials[name]?.env).join(" and ");
  return logins.flatMap((login): readonly Diagnostic[] => {
    const found = login.credentials.flatMap((name) => provider.credentials[name]?.env ?? []);
    if (login === chosen || !found.some((name) => isSet(env, name))) return [];
    return [
      {
        severity: "note",
        code: "CREDENTIAL_UNUSED",
        message: `${found.join(" and ")} is set as well as ${used} and is not used: ${chosen.noun} goes before ${login.noun}`,
        hint: `unset one of them, or name the one that is meant under \`${provider.name}:\` in the file`,
      },
    ];
  });
}

function isSet(env: Env, name: string): boolean {
  return (env[name] ?? "") !== "";
}
