// Who runs this: for the ledger's history. Names and addresses only, never a secret.

import { hostname, userInfo } from "node:os";

export interface Author {
  /** `alice@build-3`, or the user that the CI knows. */
  readonly by: string;
  /** Page of the CI's job. */
  readonly job?: string;
}

/** Longest name or address that is kept, in characters. */
const MAX_LENGTH = 300;

/** By the variables that CI systems set in every job; their documentation is named beside each. */
export function authorOf(env: Readonly<Record<string, string | undefined>>): Author {
  const job = jobOf(env);
  const user =
    // docs.github.com/actions/reference/variables-reference
    env.GITHUB_ACTOR ||
    // docs.gitlab.com/ci/variables/predefined_variables
    env.GITLAB_USER_LOGIN;
  const by = job !== undefined && user ? user : `${userName()}@${hostname()}`;
  return { by: clean(by), ...(job === undefined ? {} : { job }) };
}

function jobOf(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID } = env;
  const address =
    GITHUB_SERVER_URL && GITHUB_REPOSITORY && GITHUB_RUN_ID
      ? `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`
      : // GitLab; buildkite.com/docs/pipelines/configure/environment-variables; circleci.com/docs/reference/variables;
        // jenkins.io/doc/book/pipeline/jenkinsfile
        env.CI_JOB_URL || env.BUILDKITE_BUILD_URL || env.CIRCLE_BUILD_URL || env.BUILD_URL;
  if (!address || !URL.canParse(address)) return undefined;
  // Whatever else an address may carry is not for a ledger.
  const { protocol, host, pathname } = new URL(address);
  return /^https?:$/.test(protocol) ? clean(`${protocol}//${host}${pathname}`) : undefined;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user need not have a name.
    return "unknown";
  }
}

function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "").slice(0, MAX_LENGTH);
}
