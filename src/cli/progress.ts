// What a person sees while steps run: on a terminal one line that is rewritten, elsewhere a line per finished step.

import type { ApplyEvent } from "../app/execution.ts";
import { displayWidth } from "../render/display-width.ts";
import { resultLines } from "../render/report-text.ts";
import { safeLine } from "../render/safe-text.ts";
import { verbOf } from "../render/wording.ts";
import type { Io } from "./io.ts";

export interface Progress {
  readonly on: (event: ApplyEvent) => void;
  /** Takes the live line away; it comes back with the next event. */
  readonly end: () => void;
}

/** @param total number of steps of the plan, known once the plan is. */
export function progressOn(io: Io, total: () => number): Progress {
  return io.terminals.err ? liveLine(io, total) : plainLines(io, total);
}

function plainLines(io: Io, total: () => number): Progress {
  let finished = 0;
  return {
    on: (event) => {
      if (event.type !== "end") return;
      finished += 1;
      const [first = "", ...rest] = resultLines(event.result, io.errStyle);
      io.err(`${[`[${finished}/${total()}]${first.slice(1)}`, ...rest].join("\n")}\n`);
    },
    end: () => undefined,
  };
}

const CLEAR = "\r\u001b[K";

function liveLine(io: Io, total: () => number): Progress {
  let finished = 0;
  let drawn = false;
  const running = new Map<string, string>();
  const draw = (): void => {
    const line = `[${finished}/${total()}] ${[...running.values()].join(", ")}`;
    io.err(CLEAR + cut(line, io.columns() - 1));
    drawn = true;
  };
  return {
    on: ({ type, step }) => {
      if (type === "start") running.set(step.id, `${verbOf(step.action)} ${safeLine(step.address)}`);
      else {
        finished += 1;
        running.delete(step.id);
      }
      draw();
    },
    end: () => {
      if (drawn) io.err(CLEAR);
    },
  };
}

/** At most so many columns: a line that wraps could not be rewritten. */
function cut(line: string, columns: number): string {
  if (displayWidth(line) <= columns) return line;
  let width = 0;
  let kept = "";
  for (const character of line) {
    width += displayWidth(character);
    if (width > columns - 1) return `${kept}…`;
    kept += character;
  }
  return kept;
}
