// What is said of a list that could not be read.

import type { Reading } from "../model/live.ts";
import { ProviderError } from "../provider/error.ts";

/** The reading of a list that failed; whatever is no refusal of the vendor is thrown again. */
export function failedReading(kind: string, parentId: string | undefined, error: unknown): Reading {
  if (!(error instanceof ProviderError)) throw error;
  return {
    kind,
    ...parentOf(parentId),
    complete: false,
    error: error.message,
    ...(error.refused === "permission" ? { denied: true } : {}),
  };
}

/** For lists that are those of a parent. */
export function parentOf(parentId: string | undefined): { readonly parent_id?: string } {
  return parentId === undefined ? {} : { parent_id: parentId };
}
