// Which credential a file means: with two ways to log in written side by side nobody could tell, and one of them
// would be used without being meant.

import { type AnyProvider, type Login, loginsOf } from "../provider/provider.ts";
import type { Report } from "./report.ts";
import type { MapNode } from "./tree.ts";

/** Reports members of a block that belong to a second way to log in; either half of a way counts. */
export function checkLogin(report: Report, provider: AnyProvider, block: MapNode): void {
  const written = loginsOf(provider).flatMap((login) => {
    const members = membersOf(login);
    const names = [...block.entries.keys()].filter((name) => members.includes(name));
    return names.length === 0 ? [] : [{ login, names }];
  });
  const [first, ...others] = written;
  if (first === undefined) return;
  for (const { login, names } of others) {
    const at = names.map((name) => block.entries.get(name)?.key).find((key) => key !== undefined);
    report.add("TWO_CREDENTIALS", {
      message: `${names.join(" and ")} in the block ${provider.name} belong${names.length === 1 ? "s" : ""} to ${login.noun}, and ${first.names.join(" and ")} names ${first.login.noun}; one credential is used`,
      hint: `keep one: take out ${first.names.join(" and ")}, or ${names.join(" and ")}. What an earlier layer names goes by \`{ $remove: true }\``,
      at,
    });
  }
}

/** Keys of the block that choose a way to log in. */
function membersOf(login: Login): readonly string[] {
  return [...login.credentials, ...Object.keys(login.settings)];
}
