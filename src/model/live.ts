// What the vendors answered: resources in the file's vocabulary, and how far each reading can be believed.

import type { Fields } from "./kind-rules.ts";

/**
 * What a vendor shows of the secrets in a resource that nobody can read: enough to tell that somebody else has written
 * them.
 */
export interface Imprint {
  /** When it was last written, ms since 1970 by the vendor's clock. */
  readonly at: number;
  /** Fingerprint of the piece of the secret that the vendor shows. */
  readonly preview?: string;
  /** Digest of what else the time is about: with another one, it tells nothing of the secret. */
  readonly rest?: string;
}

/** Something inside a resource that gateform does not manage and that goes when the resource goes. */
export interface LiveChild {
  /** `dynamic route`, `custom domain`, `dataset`, `evaluation` */
  readonly noun: string;
  readonly id: string;
  readonly name: string;
}

export interface LiveResource {
  readonly kind: string;
  readonly id: string;
  /** Vendor id of the parent. */
  readonly parent_id?: string;
  /** What a person calls it, for messages; not unique. */
  readonly name: string;
  /** Every field the API reports, translated; secrets as marks with fingerprints only. */
  readonly fields: Fields;
  /** Tells two incarnations of one user-chosen id apart: its creation time as the vendor writes it. */
  readonly mark?: string;
  readonly imprint?: Imprint;
  /** Creation time in ms since 1970 by the vendor's clock. */
  readonly created_at?: number;
  /** The vendor's id of whoever created it. */
  readonly created_by?: string;
  /** What it belongs to, where that has it to itself: `liveKey`, and what a sentence calls it. */
  readonly part_of?: { readonly key: string; readonly title: string };
  /** It is the credential that this run itself uses, so that the run must not take it from itself. */
  readonly in_use?: true;
  /** Filled in only for resources that may be deleted. */
  readonly children?: readonly LiveChild[];
}

/** One list that was read, or could not be. */
export interface Reading {
  readonly kind: string;
  readonly parent_id?: string;
  /** False when any part is missing: absence then proves nothing. */
  readonly complete: boolean;
  /** Why it is not complete, without secrets. */
  readonly error?: string;
  /** The credential may not read it. */
  readonly denied?: true;
}

export interface LiveState {
  /** Provider → the account or team that the credentials reached. */
  readonly accounts: Readonly<Record<string, string>>;
  readonly resources: readonly LiveResource[];
  readonly readings: readonly Reading[];
  /** `liveKey`s that a second look (GET by id, or a second full list) confirmed to be gone. */
  readonly absent: readonly string[];
  /** Provider → the vendor's id of whoever the credential belongs to, where it is known. */
  readonly actors: Readonly<Record<string, string>>;
}

/** Names a live resource among all: kind, parent and id. */
export function liveKey(kind: string, parentId: string | undefined, id: string): string {
  return `${kind} ${parentId ?? ""}/${id}`;
}
