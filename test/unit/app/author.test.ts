import { hostname, userInfo } from "node:os";
import { expect, test } from "vitest";
import { authorOf } from "../../../src/app/author.ts";

const GITHUB = {
  GITHUB_SERVER_URL: "https://github.com",
  GITHUB_REPOSITORY: "acme/ai",
  GITHUB_RUN_ID: "42",
  GITHUB_ACTOR: "octocat",
};

test("whoever runs it at a desk is named by user and host", () => {
  expect(authorOf({})).toEqual({ by: `${userInfo().username}@${hostname()}` });
});

test.each([
  ["GitHub Actions", GITHUB, { by: "octocat", job: "https://github.com/acme/ai/actions/runs/42" }],
  [
    "GitLab",
    { CI_JOB_URL: "https://gitlab.example/a/-/jobs/7", GITLAB_USER_LOGIN: "alice" },
    { by: "alice", job: "https://gitlab.example/a/-/jobs/7" },
  ],
  [
    "Buildkite",
    { BUILDKITE_BUILD_URL: "https://buildkite.com/a/b/builds/1" },
    { job: "https://buildkite.com/a/b/builds/1" },
  ],
])("a job of %s is named by its page", (_, env, author) => {
  expect(authorOf(env)).toMatchObject(author);
});

test("what else an address carries is not kept, and neither is what is no address", () => {
  expect(authorOf({ BUILD_URL: "https://u:canary-1@ci.example/job/1?token=canary-2#canary-3" }).job).toBe(
    "https://ci.example/job/1",
  );
  expect(authorOf({ BUILD_URL: "javascript:alert(1)" })).not.toHaveProperty("job");
  expect(authorOf({ ...GITHUB, GITHUB_ACTOR: "\u001b[2Jeve" }).by).toBe("[2Jeve");
});
