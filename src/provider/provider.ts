// The kit for providers: the kinds of one vendor and how to connect to it.

import type { z } from "zod";
import type { Diagnostic } from "../base/diagnostic.ts";
import type { Fingerprint } from "../base/digest.ts";
import type { Plan } from "../model/plan.ts";
import type { BehaviourRules } from "./behaviour.ts";
import type { Check } from "./check.ts";
import type { Kind } from "./kind.ts";
import type { Network } from "./network.ts";
import type { Secret } from "./secret.ts";

export interface ConnectInput {
  /** The provider's block of the file, `${env:}` expanded, secrets still as marks. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The credentials of the way that was chosen to log in, resolved. Its plain settings are among `settings`. */
  readonly secrets: Readonly<Record<string, Secret>>;
  /** Overrides the file's and the vendor's own base URL; comes from the environment only. */
  readonly base_url?: string;
  readonly fingerprint: Fingerprint;
  readonly network: Network;
  /** Ends running waits and refuses new requests. */
  readonly signal?: AbortSignal;
}

/** A connection that can only read. */
export interface Session<R> {
  /** Account id or resolved team id. */
  readonly account: string;
  /** The vendor's id of whoever the credential belongs to, where it can be told. */
  readonly actor: string | null;
  readonly api: R;
  /** Now by the vendor's clock, ms since 1970. */
  readonly now: () => number;
  /** Hides a secret that the vendor has made in the text of its later answers. */
  readonly hide: (secret: Secret) => void;
  readonly close: () => Promise<void>;
}

/** A setting that holds a secret. */
export interface Credential {
  /** Environment variable that it comes from unless a file says otherwise. */
  readonly env: string;
  /** For editors and `explain`. */
  readonly title: string;
  readonly description: string;
}

/** One of several ways in which a provider lets one say who asks. */
export interface Login {
  /** With its article: `an API token`. */
  readonly noun: string;
  /** Members of `credentials` that it takes, all of them. */
  readonly credentials: readonly string[];
  /** Plain settings that it takes beside them → environment variables that stand for them. */
  readonly settings: Readonly<Record<string, string>>;
  /** What is said, once, of a run that uses it. */
  readonly advice?: Pick<Diagnostic, "code" | "message" | "hint">;
}

export interface Provider<R = never, W extends R = never> {
  readonly name: string;
  /** For people: `Cloudflare`. */
  readonly title: string;
  readonly description: string;
  /** The provider's own keys in its block of the file. */
  readonly settings: z.ZodObject;
  readonly credentials: Readonly<Record<string, Credential>>;
  /** Where not all credentials are needed together: the sets that are, best first. */
  readonly logins?: readonly [Login, ...Login[]];
  /** Required settings, with the environment variables that stand for them where there is no file; the first one set counts. */
  readonly settings_env: Readonly<Record<string, readonly string[]>>;
  /** Environment variable that overrides the base URL. */
  readonly base_url_env: string;
  /** Hosts that `base_url` in the file may name beside loopback. */
  readonly hosts: readonly string[];
  readonly kinds: readonly Kind<R, W>[];
  /** What it has to say about settings that are allowed but doubtful. */
  readonly checks: readonly Check[];
  /** What its resources do to requests, where that can be told from their fields. */
  readonly behaviour?: BehaviourRules;
  readonly connect: (input: ConnectInput) => Promise<Session<R>>;
  /** A connection that also writes; used by apply alone. */
  readonly connectForApply: (input: ConnectInput) => Promise<Session<W>>;
  /** Before the first write: what the vendor lets us see to be impossible. */
  readonly preflight?: (api: R, plan: Plan) => Promise<readonly Diagnostic[]>;
}

/** A provider with its client types erased, for lists of providers. */
// biome-ignore lint/suspicious/noExplicitAny: client types differ per provider and only ever meet their own kinds
export type AnyProvider = Provider<any, any>;
// biome-ignore lint/suspicious/noExplicitAny: as above
export type AnyKind = Kind<any, any>;

/** Every way to log in; where a provider names none, there is one, with all credentials. */
export function loginsOf({ title, credentials, logins }: AnyProvider): readonly [Login, ...Login[]] {
  return logins ?? [{ noun: `${title}'s credential`, credentials: Object.keys(credentials), settings: {} }];
}

/** Environment variables that a way to log in takes where no file says otherwise. */
export function loginVariables({ credentials }: AnyProvider, login: Login): readonly string[] {
  return [
    ...login.credentials.flatMap((name) => credentials[name]?.env ?? []),
    ...Object.values(login.settings),
  ];
}
