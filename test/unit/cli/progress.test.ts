import { expect, test } from "vitest";
import type { ApplyEvent } from "../../../src/app/execution.ts";
import type { Io } from "../../../src/cli/io.ts";
import { progressOn } from "../../../src/cli/progress.ts";
import type { Step } from "../../../src/model/plan.ts";
import type { Outcome } from "../../../src/model/report.ts";
import { openNetwork } from "../../../src/provider/network.ts";
import { PLAIN } from "../../../src/render/style.ts";

function screen(terminal: boolean, columns = 80) {
  const written: string[] = [];
  const io: Io = {
    env: {},
    cwd: "/",
    stdin: process.stdin,
    out: () => undefined,
    err: (text) => written.push(text),
    outStyle: PLAIN,
    errStyle: PLAIN,
    terminals: { in: terminal, out: terminal, err: terminal },
    columns: () => columns,
    outColumns: () => columns,
    debug: false,
    network: openNetwork({ env: {}, parallelism: 1 }),
  };
  return { io, written };
}

// Progress looks at these members only.
const step = (address: string) => ({ id: `create ${address}`, action: "create", address }) as Step;

const start = (address: string): ApplyEvent => ({ type: "start", step: step(address) });

const end = (address: string, outcome: Outcome, message?: string): ApplyEvent => ({
  type: "end",
  step: step(address),
  result: {
    step: `create ${address}`,
    action: "create",
    address,
    outcome,
    duration: 5,
    ...(message === undefined ? {} : { message }),
  },
});

test("without a terminal each finished step is a line, with the reason of a failure", () => {
  const { io, written } = screen(false);
  const progress = progressOn(io, () => 2);
  for (const event of [start("vercel.rule.a"), end("vercel.rule.a", "done")]) progress.on(event);
  progress.on(end("vercel.rule.b", "failed", "the vendor said no"));
  progress.end();
  expect(written.join("")).toBe(
    "[1/2] done       create vercel.rule.a\n[2/2] failed     create vercel.rule.b\n      the vendor said no\n",
  );
});

test("on a terminal one line is rewritten, names what runs, fits, and is taken away at the end", () => {
  const { io, written } = screen(true, 40);
  const progress = progressOn(io, () => 3);
  progress.on(start("vercel.rule.a"));
  progress.on(start("vercel.rule.with-a-long-name"));
  progress.on(end("vercel.rule.a", "done"));
  progress.end();
  const lines = written.map((text) => text.replace("\r\u001b[K", ""));
  expect(lines).toEqual([
    "[0/3] create vercel.rule.a",
    "[0/3] create vercel.rule.a, create ver…",
    "[1/3] create vercel.rule.with-a-long-n…",
    "",
  ]);
  for (const line of lines) expect(line.length).toBeLessThan(40);
});

test("a line that was never drawn is not taken away", () => {
  const { io, written } = screen(true);
  progressOn(io, () => 0).end();
  expect(written).toEqual([]);
});
