import { describe, expect, test } from "vitest";
import { diagnose, loadGood } from "./support.ts";

const key = (body: string) => `beta:\n  team: t\n  keys:\n    ci: ${body}\n`;
const FILE = "deliver: [{ file: { path: out/ci.key } }]";

describe("rotate_after and grace", () => {
  test("are read as spans of time", async () => {
    const { desired } = await loadGood(key(`{ ${FILE}, rotate_after: 90d, grace: 36h }`));
    expect(desired.resources.find(({ address }) => address === "beta.key.ci")?.rotation).toEqual({
      after: "90d",
      grace: "36h",
    });
  });

  test.each(["rotate_after: 90", "rotate_after: 3mo", "grace: 1.5h", "grace: soon"])(
    "are no other text or number: %s",
    async (wrong) => {
      const [found, ...rest] = await diagnose(key(`{ ${FILE}, ${wrong} }`));
      expect(rest).toEqual([]);
      expect(found).toMatchObject({ severity: "error", position: { line: 6 } });
    },
  );

  test.each([
    ["without `deliver`", "{ rotate_after: 90d }"],
    ["with a sink that somebody has to look at", "{ rotate_after: 90d, deliver: [{ stdout: {} }] }"],
  ])("cannot come due by themselves %s", async (_, body) => {
    expect(await diagnose(key(body))).toMatchObject([
      { severity: "error", code: "ROTATE_WITHOUT_SINK", address: "beta.key.ci", position: { line: 6 } },
    ]);
  });

  test.each([
    ["prevent_destroy", "", "lifecycle: { prevent_destroy: true }"],
    ["prune: never", "policy: { prune: never }\n", "grace: 1h"],
  ])("are refused at once where %s would refuse the rotation when it is due", async (_, head, more) => {
    const due = (body: string) => diagnose(head + key(`{ ${FILE}, ${body} }`));
    expect(await due(`rotate_after: 90d, ${more}`)).toMatchObject([
      { severity: "error", code: "ROTATE_FORBIDDEN", address: "beta.key.ci" },
    ]);
    expect(await due(more)).toEqual([]);
  });

  test("a grace needs no sink, as what is adopted has none", async () => {
    expect(await diagnose(key("{ grace: 1h }"))).toEqual([]);
  });
});
