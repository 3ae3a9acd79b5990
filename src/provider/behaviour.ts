// The kit for what settings do to requests: a provider that can tell says so with pure functions over a graph of
// its resources, whether these are declared, live, or what a plan will have made of them.

import type { Address } from "../base/address.ts";
import type { Trace } from "../model/behaviour.ts";
import type { Fields } from "../model/kind-rules.ts";

/** A resource as it is or will be. */
export interface GraphResource {
  readonly kind: string;
  /** Its address, or what a sentence calls a live one that nobody owns. */
  readonly title: string;
  readonly address?: Address;
  /** The vendor's id, where it has one yet. */
  readonly id?: string;
  /** What is known of its fields, in canonical form. */
  readonly fields: Fields;
}

export interface BehaviourGraph {
  /** In any order: the behaviour must not depend on it. */
  readonly resources: readonly GraphResource[];
  /** Kinds of which `resources` has all that there are. Of the others nothing is known of what it does not have. */
  readonly known: ReadonlySet<string>;
}

/** What the resources of a graph do to requests. */
export interface Behaviour {
  /** Everything that requests may name and that the graph has something to say of, sorted. */
  readonly subjects: readonly string[];
  /** What happens to a request for anything, named in the graph or not. */
  readonly trace: (subject: string) => Trace;
}

/** How a provider tells what its resources do to requests. */
export interface BehaviourRules {
  /** What requests name, for messages: `model`. */
  readonly noun: string;
  /** The kind that decides: without all of it there is nothing to say. */
  readonly kind: string;
  /** Kinds that also count, as far as they are known. */
  readonly also: readonly string[];
  /** Why a text is nothing that a request can name, as a clause; `undefined` when it can. */
  readonly problem: (subject: string) => string | undefined;
  /** Pure; made once per graph, so that asking it for many subjects is cheap. */
  readonly of: (graph: BehaviourGraph) => Behaviour;
}
