// Connects to the vendors that a file names: credentials resolved, accounts checked against the ledger's.

import type { Diagnostic } from "../base/diagnostic.ts";
import type { Fingerprint } from "../base/digest.ts";
import type { Ledger } from "../model/ledger.ts";
import { InternalError, ProviderError } from "../provider/error.ts";
import type { Network } from "../provider/network.ts";
import type { AnyKind, AnyProvider, Session } from "../provider/provider.ts";
import type { Secret } from "../provider/secret.ts";
import { chooseLogin, type ProviderBlock, shortOf } from "./login.ts";
import type { SecretResolver } from "./secrets.ts";

/** Provider name → open connection. The client type is known to the provider's own kinds only. */
export type Sessions = ReadonlyMap<string, Session<unknown>>;

export interface ConnectAllInput {
  readonly providers: readonly AnyProvider[];
  /** Provider name → its block in the file; providers without one are not connected. */
  readonly blocks: Readonly<Record<string, ProviderBlock>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly resolver: SecretResolver;
  readonly fingerprint: Fingerprint;
  /** `apply` opens clients that can write; nothing else does. */
  readonly mode: "read" | "apply";
  readonly ledger: Ledger | null;
  readonly network: Network;
  readonly signal?: AbortSignal;
}

export interface Connected {
  readonly sessions: Sessions;
  readonly diagnostics: readonly Diagnostic[];
}

/** Opens a session per provider block. Whatever stops one is a diagnostic; the others are opened all the same. */
export async function connectAll(input: ConnectAllInput): Promise<Connected> {
  const diagnostics: Diagnostic[] = [];
  const sessions = new Map<string, Session<unknown>>();
  const wanted = input.providers.filter((provider) => Object.hasOwn(input.blocks, provider.name));
  await Promise.all(
    wanted.map(async (provider) => {
      const result = await connectOne(input, provider);
      if (result.session !== undefined) sessions.set(provider.name, result.session);
      diagnostics.push(...result.diagnostics);
    }),
  );
  for (const [name, session] of sessions) {
    const known = input.ledger?.accounts[name];
    if (known !== undefined && known !== session.account)
      diagnostics.push(wrongAccount(name, known, session.account));
  }
  // Map order must not depend on which vendor answered first.
  const ordered = new Map(
    wanted.flatMap(({ name }) =>
      sessions.has(name) ? [[name, sessions.get(name) as Session<unknown>] as const] : [],
    ),
  );
  return { sessions: ordered, diagnostics };
}

async function connectOne(
  input: ConnectAllInput,
  provider: AnyProvider,
): Promise<{ readonly session?: Session<unknown>; readonly diagnostics: readonly Diagnostic[] }> {
  const block = input.blocks[provider.name];
  if (block === undefined) throw new InternalError(`no block for ${provider.name}`);
  const { login, settings, notes, problem } = chooseLogin(provider, block, input.env);
  if (problem !== undefined) return { diagnostics: [problem] };
  const secrets: Record<string, Secret> = {};
  for (const name of login.credentials) {
    const source = block.credentials[name];
    if (source === undefined) throw new InternalError(`no source for ${provider.name}.${name}`);
    const resolved = await input.resolver.resolve(source);
    if ("problem" in resolved)
      return { diagnostics: [shortOf(provider, block, login, name, resolved.problem.message)] };
    secrets[name] = resolved.secret;
  }
  const baseUrl = input.env[provider.base_url_env];
  const connect = input.mode === "apply" ? provider.connectForApply : provider.connect;
  try {
    const session: Session<unknown> = await connect({
      settings: { ...block.settings, ...settings },
      secrets,
      ...(baseUrl === undefined || baseUrl === "" ? {} : { base_url: baseUrl }),
      fingerprint: input.fingerprint,
      network: input.network,
      ...(input.signal === undefined ? {} : { signal: input.signal }),
    });
    return { session, diagnostics: notes };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    return {
      diagnostics: [
        {
          severity: "error",
          code: "CONNECT_FAILED",
          message: error.message.startsWith(`${provider.title} `)
            ? error.message
            : `${provider.title}: ${error.message}`,
          ...(error.refused === "unavailable"
            ? { hint: `check the network and, where it is set, ${provider.base_url_env}; nothing was done` }
            : {}),
        },
      ],
    };
  }
}

function wrongAccount(provider: string, known: string, found: string): Diagnostic {
  return {
    severity: "error",
    code: "WRONG_ACCOUNT",
    message: `the ledger belongs to ${provider} account ${known}, but the credentials lead to ${found}`,
    hint: "one stack is one account and one team: correct the environment, or use another stack name",
  };
}

/** The session that a kind works with. */
export function sessionOf(sessions: Sessions, kind: AnyKind): Session<unknown> {
  const name = kind.rules.kind.split(".")[0] ?? "";
  const session = sessions.get(name);
  if (session === undefined) throw new InternalError(`no session for ${name}`);
  return session;
}

/** All kinds of the connected providers, parents before children. */
export function connectedKinds(providers: readonly AnyProvider[], sessions: Sessions): readonly AnyKind[] {
  const kinds = providers
    .filter((provider) => sessions.has(provider.name))
    .flatMap((provider) => provider.kinds);
  const depth = (kind: AnyKind): number => {
    const parent = kinds.find((other) => other.rules.kind === kind.rules.parent);
    return parent === undefined ? 0 : 1 + depth(parent);
  };
  return [...kinds].sort((a, b) => depth(a) - depth(b));
}

/** Closes all sessions. */
export async function closeAll(sessions: Sessions): Promise<void> {
  await Promise.all([...sessions.values()].map((session) => session.close()));
}
