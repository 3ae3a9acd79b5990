// The kit for providers: the kinds of one vendor and how to connect to it.

import type { z } from "zod";
import type { Diagnostic } from "../base/diagnostic.ts";
import type { Fingerprint } from "../base/digest.ts";
import type { Plan } from "../model/plan.ts";
import type { Check } from "./check.ts";
import type { Kind } from "./kind.ts";
import type { Secret } from "./secret.ts";

/** What is sent where, for the debug log and the progress line; never bodies, never credentials. */
export interface RequestEvent {
  readonly provider: string;
  readonly method: string;
  /** Path without origin and without query. */
  readonly path: string;
  readonly attempt: number;
  readonly status?: number;
  /** Milliseconds. */
  readonly duration: number;
  readonly request_id?: string;
  readonly error?: string;
}

export interface ConnectInput {
  /** The provider's block of the file, `${env:}` expanded, secrets still as marks. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Settings that are secrets, by key, resolved. */
  readonly secrets: Readonly<Record<string, Secret>>;
  /** Overrides the file's and the vendor's own base URL; comes from the environment only. */
  readonly base_url?: string;
  readonly fingerprint: Fingerprint;
  readonly parallelism: number;
  readonly onRequest?: (event: RequestEvent) => void;
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
  readonly close: () => Promise<void>;
}

export interface Provider<R = never, W extends R = never> {
  readonly name: string;
  /** For people: `Cloudflare`. */
  readonly title: string;
  readonly description: string;
  /** The provider's own keys in its block of the file. */
  readonly settings: z.ZodObject;
  /** Settings that hold secrets, with their defaults: `api_token: { env: CLOUDFLARE_API_TOKEN }`. */
  readonly credentials: Readonly<Record<string, { readonly env: string }>>;
  /** Required settings, with the environment variables that stand for them where there is no file; the first one set counts. */
  readonly settings_env: Readonly<Record<string, readonly string[]>>;
  /** Environment variable that overrides the base URL. */
  readonly base_url_env: string;
  /** Hosts that `base_url` in the file may name beside loopback. */
  readonly hosts: readonly string[];
  readonly kinds: readonly Kind<R, W>[];
  /** What it has to say about settings that are allowed but doubtful. */
  readonly checks: readonly Check[];
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
