// `gateform apply`: makes live what the files declare, or carries out a saved plan.

import { DIGEST_PATTERN, planDigest } from "../../engine/plan-digest.ts";
import type { Plan } from "../../model/plan.ts";
import type { Run } from "../command.ts";
import { Failure } from "../failure.ts";
import type { Io } from "../io.ts";
import type { Options } from "../options.ts";
import { readPlan } from "../plan-file.ts";
import { runApply } from "../run-apply.ts";

export const apply: Run = async (io, [file], options) => {
  if (file === undefined && options.digest !== undefined) {
    throw new Failure("USAGE", "--digest names the digest of a saved plan, and none is given", {
      hint: "write `gateform apply PLAN --digest DIGEST`",
    });
  }
  if (file === undefined) return runApply(io, options, { mode: "apply", targets: options.target });
  refuseDecided(options);
  return runApply(io, options, {
    mode: "apply",
    targets: [],
    saved: { file, plan: await approvedPlan(io, file, options) },
  });
};

/** What a plan does was decided when it was made: what was reviewed is what is done. */
function refuseDecided(options: Options): void {
  const hint =
    "a plan keeps what it was made with: give it to `gateform plan --out` and have the plan reviewed";
  if (options.adopt === true)
    throw new Failure("USAGE", "--adopt belongs to the plan and is not taken with a saved one", { hint });
  if (options.allowDeletes > 0)
    throw new Failure("USAGE", "--allow-deletes belongs to the plan and is not taken with a saved one", {
      hint,
    });
  if (options.allowPermission.length > 0)
    throw new Failure("USAGE", "--allow-permission belongs to the plan and is not taken with a saved one", {
      hint,
    });
  if (options.target.length > 0)
    throw new Failure("USAGE", "--target belongs to the plan and is not taken with a saved one", { hint });
}

/** The plan in a file, where it is the one that was approved. */
async function approvedPlan(io: Io, file: string, { digest }: Options): Promise<Plan> {
  if (digest !== undefined && !DIGEST_PATTERN.test(digest)) {
    throw new Failure("USAGE", `"${digest}" is no digest`, {
      hint: "it is `sha256:` and 64 hexadecimal digits; `gateform show PLAN` prints it",
    });
  }
  const plan = await readPlan(io, file);
  const found = planDigest(plan);
  if (digest !== undefined && digest !== found) {
    throw new Failure(
      "PLAN_DIGEST",
      `${file} is another plan than the one that was approved: its digest is ${found}, and ${digest} was asked for`,
      {
        hint: "nothing was done; look at it with `gateform show`, or get the plan that was approved",
      },
    );
  }
  return plan;
}
