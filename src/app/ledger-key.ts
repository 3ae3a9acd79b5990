// GATEFORM_LEDGER_KEY over the life of a ledger: set later, fingerprints that the ledger's salt has keyed are translated
// for the values that are at hand; changed or lost, the plan says so.

import type { Diagnostic } from "../base/diagnostic.ts";
import { type Fingerprint, fingerprintWith } from "../base/digest.ts";
import { isSecretMark, listMarks, mapMarks } from "../base/expression.ts";
import type { JsonValue } from "../base/json.ts";
import { doubtOf } from "../engine/entry-secrets.ts";
import type { Desired } from "../model/desired.ts";
import type { Ledger } from "../model/ledger.ts";
import { sourcesIn } from "./materialise.ts";
import type { SecretResolver } from "./secrets.ts";

/** Fewer characters could be found by trying. */
const MIN_KEY_LENGTH = 20;

/** The key that the environment has, or why it is none. An empty variable is one that is not set. */
export function ledgerKey(
  env: Readonly<Record<string, string | undefined>>,
): { readonly key: string | undefined } | { readonly problem: Diagnostic } {
  const key = env.GATEFORM_LEDGER_KEY;
  if (key === undefined || key === "") return { key: undefined };
  if (key.trim().length >= MIN_KEY_LENGTH) return { key };
  return {
    problem: {
      severity: "error",
      code: "WEAK_LEDGER_KEY",
      message: `GATEFORM_LEDGER_KEY has ${key.trim() === "" ? "nothing but blanks" : `fewer than ${MIN_KEY_LENGTH} characters`}: whoever reads the ledger could find it by trying, and then the secrets`,
      hint: "set it to a long random text, such as that of `openssl rand -hex 32`, or unset it",
    },
  };
}

/**
 * The ledger with the fingerprints of what is at hand as the key makes them, where the salt had made them before the
 * key was set. The same ledger where there is nothing to translate.
 */
export async function rekeyed(
  ledger: Ledger,
  desired: Desired,
  resolver: SecretResolver,
  fingerprint: Fingerprint,
): Promise<Ledger> {
  const salted = fingerprintWith(undefined, ledger.salt);
  const [from, to] = [keyIdOf(salted), keyIdOf(fingerprint)];
  if (from === to || !keyIdsIn(ledger).has(from)) return ledger;
  // A write that was cut off is one whatever the key.
  const prints = new Map([[doubtOf(`${from}:`), doubtOf(`${to}:`)]]);
  for (const source of desired.resources.flatMap(({ fields }) => sourcesIn(fields))) {
    const secret = await resolver.readForFingerprint(source);
    const old = secret === undefined ? undefined : salted(secret.reveal());
    const print = secret === undefined ? undefined : fingerprint(secret.reveal());
    if (old !== undefined && print !== undefined) prints.set(old, print);
  }
  return translated(ledger, prints, from);
}

/** @param keyId of the fingerprints that go: what was made of a preview with it cannot be translated. */
function translated(ledger: Ledger, prints: ReadonlyMap<string, string>, keyId: string): Ledger {
  const withPrints = (fields: Readonly<Record<string, JsonValue>>) =>
    mapMarks({ ...fields }, (mark) => {
      const whole = mark as unknown as JsonValue; // marks are JSON objects
      if (!isSecretMark(mark)) return whole;
      const print = prints.get(mark.$secret.fingerprint ?? "");
      return print === undefined
        ? whole
        : { $secret: { ...withoutSource(mark.$secret), fingerprint: print } };
    }) as Readonly<Record<string, JsonValue>>; // an object stays one
  const resources = Object.entries(ledger.resources).map(([address, entry]) => {
    const { settling, imprint } = entry;
    const { preview, ...shown } = imprint ?? { at: 0 };
    return [
      address,
      {
        ...entry,
        ...(preview !== undefined && keyIdIn(preview) === keyId ? { imprint: shown } : {}),
        applied: withPrints(entry.applied),
        ...(settling === undefined ? {} : { settling: { ...settling, before: withPrints(settling.before) } }),
      },
    ] as const;
  });
  return { ...ledger, resources: Object.fromEntries(resources) };
}

/** What a ledger's mark may hold beside its fingerprint. */
function withoutSource({ unverified }: { readonly unverified?: true }): { readonly unverified?: true } {
  return unverified === undefined ? {} : { unverified };
}

/** A note where the ledger has fingerprints that neither this run's key nor the salt has made. */
export function foreignKey(ledger: Ledger | null, fingerprint: Fingerprint): readonly Diagnostic[] {
  if (ledger === null) return [];
  const own = new Set([keyIdOf(fingerprintWith(undefined, ledger.salt)), keyIdOf(fingerprint)]);
  const foreign = Object.entries(ledger.resources).filter(([, { applied }]) =>
    printsIn(applied).some((print) => !own.has(keyIdIn(print))),
  );
  if (foreign.length === 0) return [];
  const [first = ["", undefined]] = foreign;
  const set = keyIdOf(fingerprint) !== keyIdOf(fingerprintWith(undefined, ledger.salt));
  return [
    {
      severity: "note",
      code: "OTHER_LEDGER_KEY",
      message: `the ledger has secrets of ${foreign.length} resource${foreign.length === 1 ? "" : "s"} (${first[0]}${foreign.length === 1 ? "" : ", …"}) that were fingerprinted with ${set ? "another GATEFORM_LEDGER_KEY than this run has" : "a GATEFORM_LEDGER_KEY, which this run does not have"}: whether these changed cannot be told`,
      hint: `set GATEFORM_LEDGER_KEY to what it was; if it is lost, apply once, which leaves the secrets as they are, or write them again with \`gateform rotate ${first[0]}\``,
    },
  ];
}

function keyIdsIn(ledger: Ledger): ReadonlySet<string> {
  return new Set(Object.values(ledger.resources).flatMap(({ applied }) => printsIn(applied).map(keyIdIn)));
}

function printsIn(fields: Readonly<Record<string, JsonValue>>): readonly string[] {
  return listMarks({ ...fields }).flatMap(({ mark }) => {
    const print = isSecretMark(mark) ? mark.$secret.fingerprint : undefined;
    return print === undefined ? [] : [print];
  });
}

function keyIdOf(fingerprint: Fingerprint): string {
  // Long enough for either kind of key.
  return keyIdIn(fingerprint("a text that is nobody's secret") ?? "");
}

function keyIdIn(print: string): string {
  return print.split(":")[0] ?? "";
}
