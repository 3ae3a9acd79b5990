// docs/authentication.md, carried out: its files are applied and its curl commands are run by a shell, before and
// after, and their answers are the ones that the page shows. Needs curl (on Debian and Ubuntu the package of that name).

import { spawn } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Block, blocksOf, textOf } from "../unit/docs/pages.ts";
import { type Server, startServer, type Workspace, watch, workspace } from "./support.ts";

const PAGE = "docs/authentication.md";
const [keys, requests] = blocksWith("sh");
const [open] = blocksWith("yaml");
const [closed] = blocksWith("yaml layer");
const [refusal] = blocksWith("json");

let server: Server;
let work: Workspace;
beforeAll(async () => {
  server = await startServer();
  work = workspace(server);
  work.write("gateform.yaml", textOfBlock(open));
  work.write("closed.yaml", textOfBlock(closed));
});
afterAll(async () => {
  work.remove();
  await server.stop();
});

interface Answer {
  readonly status: string;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of answers and refusals; tests look at single members
  readonly body: any;
}

/** Runs shell commands after those of the page that set the keys; each request prints its body and then its status. */
async function answersTo(commands: string): Promise<readonly Answer[]> {
  const child = spawn("sh", ["-e"], {
    cwd: work.cwd,
    env: { PATH: process.env.PATH ?? "", ...server.env, ...gatewayBase() },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.end(`${textOfBlock(keys)}${commands}`);
  const { code, stdout, stderr } = await watch(child, "curl").done;
  expect([code, stderr], "the commands run, and curl is there").toEqual([0, ""]);
  const lines = stdout.trimEnd().split("\n");
  return lines.flatMap((body, index) =>
    index % 2 === 0 ? [{ body: JSON.parse(body), status: lines[index + 1] ?? "" }] : [],
  );
}

function gatewayBase(): { readonly CLOUDFLARE_GATEWAY_BASE_URL: string } {
  return { CLOUDFLARE_GATEWAY_BASE_URL: server.connection.cloudflare.gateway_base_url };
}

async function apply(...args: readonly string[]): Promise<void> {
  const [, OPENAI_API_KEY = ""] = /OPENAI_API_KEY=(\S+)/.exec(textOfBlock(keys)) ?? [];
  const run = await work.run(["apply", "--auto-approve", ...args], { OPENAI_API_KEY });
  expect(run.code, run.stdout + run.stderr).toBe(0);
}

/** As the page's table has it: the status, and the key that served or the code of the refusal. */
const summary = ({ status, body }: Answer): string =>
  `${status}, ${body.echo === undefined ? body.internalCode : `\`${body.echo.credential}\``}`;

test("the requests of the page are answered as its table says, before and after authentication is on", async () => {
  await apply();
  const before = await answersTo(textOfBlock(requests));
  await apply("-f", "gateform.yaml", "-f", "closed.yaml");
  const after = await answersTo(textOfBlock(requests));

  const callers = ["no | no", "no | yes", "yes | no", "yes | yes"];
  expect([before.length, after.length]).toEqual([callers.length, callers.length]);
  const cells = [callers, before.map(summary), after.map(summary)] as const;
  expect(callers.map((_, row) => `| ${cells.map((column) => column[row]).join(" | ")} |`)).toEqual(
    textOf(PAGE)
      .split("\n")
      .filter((line) => /^\| (?:yes|no) \|/.test(line)),
  );
  const refused = after.filter(({ body }) => body.success === false).map(({ body }) => body);
  expect(refused).toEqual(Array(2).fill(JSON.parse(textOfBlock(refusal))));

  const tokens = ["unknown", await tokenWithoutRun()];
  const others = tokens.map((token) => `ask -H "cf-aig-authorization: Bearer ${token}"`);
  const [definitions = ""] = textOfBlock(requests).split("\n\n");
  const answers = await answersTo([definitions, ...others].join("\n"));
  expect(answers.map(summary), "tokens that may not run").toEqual(["401, 2009", "401, 2009"]);
});

async function tokenWithoutRun(): Promise<string> {
  const made = await fetch(`${server.connection.control_url}/tokens`, {
    method: "POST",
    body: JSON.stringify({ vendor: "cloudflare", permissions: ["AI Gateway Read", "AI Gateway Write"] }),
  });
  const { token } = (await made.json()) as { readonly token: string };
  return token;
}

function blocksWith(info: string): readonly Block[] {
  return blocksOf(PAGE).filter((block) => block.info === info);
}

function textOfBlock(block: Block | undefined): string {
  if (block === undefined) throw new Error(`${PAGE} lacks a block`);
  return block.text;
}
