import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { confirm } from "../../../src/cli/confirm.ts";

function asked(expected = "yes") {
  const input = new PassThrough();
  const output = new PassThrough();
  const stop = new AbortController();
  const answer = confirm({ input, output }, "Go on? ", expected, stop.signal);
  return { input, output, stop, answer };
}

test("the expected word is a yes, with blanks around it too", async () => {
  const { input, output, answer } = asked();
  input.write(" yes \n");
  expect(await answer).toBe(true);
  expect(output.read().toString()).toBe("Go on? ");
});

test.each(["y", "YES", "no", "", "yes please"])("%j is no yes", async (line) => {
  const { input, answer } = asked();
  input.write(`${line}\n`);
  expect(await answer).toBe(false);
});

test("a stack's name can be the word, and yes is then not enough", async () => {
  const named = asked("acme-prod");
  named.input.write("acme-prod\n");
  expect(await named.answer).toBe(true);
  const other = asked("acme-prod");
  other.input.write("yes\n");
  expect(await other.answer).toBe(false);
});

test("input that ends without a line is no yes, and the next output begins a line", async () => {
  const { input, output, answer } = asked();
  input.end();
  expect(await answer).toBe(false);
  expect(output.read().toString()).toBe("Go on? \n");
});

test("a signal ends the question, also one that came before it", async () => {
  const { stop, answer } = asked();
  stop.abort();
  expect(await answer).toBe(false);
  const streams = { input: new PassThrough(), output: new PassThrough() };
  expect(await confirm(streams, "Go on? ", "yes", AbortSignal.abort())).toBe(false);
  expect(streams.output.read()).toBeNull();
});
