// Where the ledger is kept, as the files say it: a path, or the addresses of a server with the reference to its
// credential. What no schema can see is checked here: where a credential would be sent.

import { isSecretMark, type SecretSource } from "../base/expression.ts";
import type { AnyProvider } from "../provider/provider.ts";
import { isLoopback } from "./base-url.ts";
import { LEDGER_KEY } from "./env.ts";
import { absolutePath, fileAt, ledgerPath, relocateSource } from "./paths.ts";
import type { Report } from "./report.ts";
import { quote, type SourceFile } from "./source.ts";
import { type MapNode, markOf, type Path, type Place, placeAt } from "./tree.ts";

/** A server of Terraform's HTTP state protocol, with its defaults filled in. */
export interface HttpPlace {
  readonly address: string;
  readonly lock_address: string;
  readonly unlock_address: string;
  readonly update_method: string;
  readonly lock_method: string;
  readonly unlock_method: string;
  readonly credential?: HttpCredential;
}

export type HttpCredential =
  | { readonly username: string; readonly password: SecretSource }
  | { readonly token: SecretSource };

/** `file` is absolute. */
export type LedgerPlace = { readonly file: string } | { readonly http: HttpPlace };

/** What `ledgerSchema` gives. */
export interface WrittenLedger {
  readonly file?: string;
  readonly http?: Partial<HttpPlace> & {
    readonly username?: string;
    readonly password?: unknown;
    readonly token?: unknown;
  };
}

const ADDRESSES = ["address", "lock_address", "unlock_address"] as const;

/** The ledger's place; without `ledger` in the files, a file beside the first of them. */
export function ledgerPlace(
  root: MapNode,
  first: SourceFile,
  stack: string,
  written: WrittenLedger | undefined,
  cwd: string,
): LedgerPlace {
  const { file, http } = written ?? {};
  if (http === undefined) {
    const declared = file === undefined ? undefined : { file, holder: fileAt(root, ["ledger", "file"]) };
    return { file: ledgerPath(first, stack, declared) };
  }
  const { address = "", lock_address = address, unlock_address = lock_address } = http;
  const sourceOf = (name: "password" | "token"): SecretSource | undefined => {
    const mark = http[name];
    const source = isSecretMark(mark) ? mark.$secret.source : undefined;
    return source && relocateSource(source, root, ["ledger", "http", name], cwd);
  };
  const [password, token] = [sourceOf("password"), sourceOf("token")];
  const credential =
    token !== undefined
      ? { token }
      : password !== undefined && http.username !== undefined
        ? { username: http.username, password }
        : undefined;
  return {
    http: {
      address,
      lock_address,
      unlock_address,
      update_method: http.update_method ?? "POST",
      lock_method: http.lock_method ?? "LOCK",
      unlock_method: http.unlock_method ?? "UNLOCK",
      ...(credential === undefined ? {} : { credential }),
    },
  };
}

/** Reports addresses that are none, and credentials that would go where they must not. */
export function checkLedgerHttp(root: MapNode, providers: readonly AnyProvider[], report: Report): void {
  const http = placeAt(root, ["ledger", "http"], root.at).node;
  if (http?.type !== "map") return;
  const secret = http.entries.has("token") || http.entries.has("password");
  for (const name of ADDRESSES) checkAddress(http, name, secret, report);
  for (const name of ["password", "token"] as const) checkSource(root, http, name, providers, report);
}

function checkAddress(
  http: MapNode,
  name: (typeof ADDRESSES)[number],
  secret: boolean,
  report: Report,
): void {
  const place = placeAt(http, [name], http.at);
  if (place.node?.type !== "scalar" || place.node.hole || typeof place.node.value !== "string") return;
  const text = place.node.value;
  // The schema has said that it is empty.
  if (text === "") return;
  const problem = addressProblem(text, secret);
  if (problem === undefined) return;
  // Text before an @ in a URL may be a password.
  const found = text.includes("@") ? "" : ` ${quote(place.node.expression ?? text)}`;
  if (found === "") report.hide(place.node.at);
  report.add("LEDGER_ADDRESS", {
    message: `ledger.http.${name}${found} ${problem.what}`,
    hint: problem.write,
    at: markOf(place),
  });
}

function addressProblem(
  text: string,
  secret: boolean,
): { readonly what: string; readonly write: string } | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    return { what: "is no http or https URL", write: "write it whole, as in https://host/path" };
  }
  if (url.username !== "" || url.password !== "") {
    return {
      what: "carries a user name or password",
      write: "take them out of it, and write username: NAME and password: { env: NAME } beside it",
    };
  }
  if (url.hash !== "")
    return { what: "has a part after #, which is never sent", write: "leave that part out" };
  if (!secret || url.protocol === "https:" || isLoopback(url.hostname)) return undefined;
  return {
    what: "is not https, so that the credential would be sent readable for everybody on the way",
    write: "use https; http is for this machine, or for a server that needs no credential",
  };
}

/**
 * Neither a vendor's credential nor the key of the fingerprints must go to the ledger's server, whatever a pull request
 * writes.
 */
function checkSource(
  root: MapNode,
  http: MapNode,
  name: "password" | "token",
  providers: readonly AnyProvider[],
  report: Report,
): void {
  const sent = sourceAt(http, [name]);
  const role = sent === undefined ? undefined : otherRole(root, sent.source, providers);
  if (sent === undefined || role === undefined) return;
  report.add("LEDGER_CREDENTIAL", {
    message: `ledger.http.${name} would send ${sent.text}, the ${role}, to the ledger's server`,
    hint: "give the ledger's server a credential of its own, in a variable or file of its own",
    at: markOf(sent.place),
  });
}

/** What else a source is for, where that must stay away from the ledger's server. */
function otherRole(root: MapNode, source: string, providers: readonly AnyProvider[]): string | undefined {
  if (source === LEDGER_KEY) return "key of the fingerprints in the ledger";
  for (const provider of providers) {
    for (const [member, { env }] of Object.entries(provider.credentials)) {
      if (source === env || source === sourceAt(root, [provider.name, member])?.source)
        return `credential for ${provider.title}`;
    }
  }
  return undefined;
}

/** Where a secret comes from: a variable's name, or a file's absolute path. */
function sourceAt(
  node: MapNode,
  path: Path,
): { readonly source: string; readonly text: string; readonly place: Place } | undefined {
  for (const member of ["env", "file"]) {
    const whole = [...path, member];
    const place = placeAt(node, whole, node.at);
    if (place.node?.type !== "scalar") continue;
    const { text } = place.node;
    return { source: member === "env" ? text : absolutePath(fileAt(node, whole), text), text, place };
  }
  return undefined;
}
