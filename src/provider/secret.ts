// A secret value in memory. It exists between resolving a source and sending a request, and nowhere else: every
// way of turning it into text by accident gives a placeholder.

import { inspect } from "node:util";

const HIDDEN = "[secret]";

export class Secret {
  readonly #value: string;
  readonly #parts: readonly Secret[];

  /** @param parts secrets that the value is put together of. */
  constructor(value: string, parts: readonly Secret[] = []) {
    this.#value = value;
    this.#parts = parts;
  }

  /** The value itself. To be called only where a request or a sink needs it. */
  reveal(): string {
    return this.#value;
  }

  /** Secrets that it is put together of: who gets it may repeat one of them alone. */
  parts(): readonly Secret[] {
    return this.#parts;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [Symbol.toPrimitive](): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
