// Which of zod's issues only follow from another mistake, and would be a second finding for it.

import type { Issue } from "./expect.ts";
import { alike } from "./hints.ts";
import { keysAt } from "./schema-at.ts";
import { isBareRef, pathText, type Subject } from "./subject.ts";
import { hasHole, type Path, placeAt } from "./tree.ts";

/** A variable without a value is reported itself. */
export function followsFromHole(subject: Subject, issue: Issue): boolean {
  const { node } = placeAt(subject.node, issue.path as Path, subject.key);
  if (node === undefined || issue.code === "unrecognized_keys") return false;
  if (node.type === "scalar") return node.hole === true;
  return (issue.code === "invalid_union" || issue.code === "custom") && hasHole(node);
}

/** What a rule about a whole map misses may stand there under a mistyped name, which is reported as an unknown key. */
export function followsFromTypo(subject: Subject, issue: Issue, issues: readonly Issue[]): boolean {
  if (issue.code !== "custom") return false;
  const path = issue.path as Path;
  const above = path.slice(0, -1);
  const missing = placeAt(subject.node, path, subject.key).node === undefined;
  const mistypedAt = (where: Path, meant: (names: readonly string[]) => boolean): boolean =>
    issues.some(
      (other) =>
        other.code === "unrecognized_keys" &&
        pathText(other.path as Path) === pathText(where) &&
        other.keys.some((key) => meant(alike(key, keysAt(subject.schema, where)))),
    );
  return (
    mistypedAt(path, (names) => names.length > 0) ||
    (missing && mistypedAt(above, (names) => names.includes(String(path.at(-1)))))
  );
}

/** True where the mistake is only that something is not there. */
export function onlyMissing(subject: Subject, issue: Issue, before: Path): boolean {
  const path = [...before, ...(issue.path as Path)];
  if (issue.code === "invalid_union") {
    return issue.errors.some((branch) => branch.every((inner) => onlyMissing(subject, inner, path)));
  }
  return placeAt(subject.node, path, subject.key).node === undefined || issue.code === "custom";
}

/** True when the field only seems missing: it stands under a mistyped name, which is reported as an unknown key. */
export function isMistyped(subject: Subject, path: Path, name: string): boolean {
  const { node } = placeAt(subject.node, path.slice(0, -1), subject.key);
  if (node?.type !== "map") return false;
  // A reference where a map belongs lacks everything; that it is not taken is reported.
  if (isBareRef(node)) return true;
  const known = keysAt(subject.schema, path.slice(0, -1));
  return [...node.entries.keys()].some((key) => !known.includes(key) && alike(key, known).includes(name));
}
