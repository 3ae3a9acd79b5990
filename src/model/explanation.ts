// What `gateform explain` says about one topic, as data: for a person at a terminal, a pull request or a program.
// Texts are markdown of one line; names stand between backticks.

import type { Position } from "../base/diagnostic.ts";
import type { JsonValue } from "../base/json.ts";
import type { RiskRule } from "./kind-rules.ts";

/** One field of a resource or of the file. */
export interface FieldRow {
  /** Dotted; `[]` stands for the items of a list, `<name>` for a key that the user chooses. */
  readonly path: string;
  readonly title: string;
  /** In words: `whole number, 0 or more, or null`. */
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
  readonly default?: JsonValue;
  readonly examples: readonly JsonValue[];
  /** A map whose keys the user chooses. */
  readonly open?: true;
  /** What else holds for it, in words: when left out, whether it can be changed, what it risks. */
  readonly more?: string;
}

/** A page of the vendor's: its title, and its address where that is certain. */
export interface VendorPage {
  readonly title: string;
  readonly url?: string;
}

export interface Fact {
  /** `Address`, `Left out` */
  readonly label: string;
  readonly text: string;
}

export interface NamedItem {
  readonly name: string;
  readonly text: string;
}

/** What a file says about the topic. */
export interface DeclaredFacts {
  readonly address: string;
  readonly position: Position;
  readonly fields: readonly {
    readonly path: string;
    /** As the file writes it: secrets as references. */
    readonly value: JsonValue;
    readonly position: Position;
  }[];
}

export interface Explanation {
  readonly format: 1;
  readonly type: "overview" | "head" | "block" | "kind" | "field" | "check" | "code" | "risk";
  /** What can be given to `gateform explain` to get this again. */
  readonly topic: string;
  readonly title: string;
  /** One or more sentences, perhaps without the last full stop. */
  readonly summary: string;
  readonly facts: readonly Fact[];
  /** Of a field: its policy, for programs. */
  readonly rules?: FieldRules;
  readonly examples: readonly JsonValue[];
  readonly fields: readonly FieldRow[];
  readonly lists: readonly { readonly heading: string; readonly items: readonly NamedItem[] }[];
  readonly parts: readonly { readonly heading: string; readonly text?: string; readonly yaml?: string }[];
  readonly vendor_pages: readonly VendorPage[];
  readonly declared?: DeclaredFacts;
  /** What could not be said, and why. */
  readonly note?: string;
}

export interface FieldRules {
  readonly required: boolean;
  readonly immutable: boolean;
  readonly write_only: boolean;
  readonly sensitive: boolean;
  readonly server_default: boolean;
  readonly default?: JsonValue;
  readonly risk?: Pick<RiskRule, "code" | "message">;
}
