// What a user does with a configuration that is valid: plan it, apply it, look at what is there, take it away again.

import type { Trial } from "./trial.ts";

/** Plans and applies. @returns whether it came to an apply; it does not where that would reach beyond the place. */
export async function applied(trial: Trial): Promise<boolean> {
  const { run, world } = trial;
  if ((await trial.declared()) === undefined) return false;
  await run("plan", { detailedExitcode: true, out: "plan.json", verbose: true });
  const writes = (await world.requests()).filter(({ method }) => method !== "GET");
  for (const { method, path } of writes) trial.blame(`a plan asked ${method} ${path}`);
  const { code } = await run("apply", { autoApprove: true, newLedger: true, allowDeletes: 100 });
  // What only reads is looked at for half of them.
  const reads = trial.options.coloured;
  if (reads) {
    await run("show");
    await run("trace openai/gpt-5.5");
    await exported(trial);
  }
  if (code === 0) {
    const again = await run("plan", { detailedExitcode: true });
    if (again.code === 2) trial.blame("a plan after an apply that said all is done has changes");
    if (reads) await run("ledger show");
  }
  return true;
}

/** What is live as a file, whatever names and texts it has: an export that ends well has to be valid. */
async function exported({ run, place, blame }: Trial): Promise<void> {
  const { code } = await run("export", { out: "exported.yaml" });
  if (code !== 0) return;
  const { code: valid, json } = await run("validate", { file: ["exported.yaml"] });
  if (valid !== 0) blame(`what was exported is not valid: ${json}\n${place.read("exported.yaml")}`);
}
