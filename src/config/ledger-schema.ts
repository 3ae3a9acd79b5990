// What a file may write under `ledger`: a file beside it, or a server that speaks Terraform's HTTP state protocol.
// The members of `http` carry the names of Terraform's own http backend
// (https://developer.hashicorp.com/terraform/language/backend/http).

import * as z from "zod";
import { secretField } from "../provider/spec.ts";

const address = (title: string, description: string, ...examples: readonly string[]) =>
  z.string().min(1).meta({ title, description, examples });

const EXAMPLE = "https://gitlab.example.com/api/v4/projects/42/terraform/state/acme-prod";

const httpSchema = z
  .strictObject({
    address: address(
      "Address",
      "URL of the state: GET reads it, update_method writes it. Neither user name nor password in it",
      EXAMPLE,
    ),
    lock_address: address(
      "Lock address",
      "URL that takes the lock; the default is address",
      `${EXAMPLE}/lock`,
    ).optional(),
    unlock_address: address(
      "Unlock address",
      "URL that gives the lock back; the default is lock_address",
      `${EXAMPLE}/lock`,
    ).optional(),
    update_method: z
      .enum(["POST", "PUT", "PATCH"])
      .optional()
      .meta({
        title: "Update method",
        description: "HTTP method that writes the state",
        default: "POST",
        examples: ["PUT"],
      }),
    lock_method: z
      .enum(["LOCK", "POST", "PUT"])
      .optional()
      .meta({
        title: "Lock method",
        description: "HTTP method that takes the lock",
        default: "LOCK",
        examples: ["POST"],
      }),
    unlock_method: z
      .enum(["UNLOCK", "DELETE", "POST", "PUT"])
      .optional()
      .meta({
        title: "Unlock method",
        description: "HTTP method that gives the lock back",
        default: "UNLOCK",
        examples: ["DELETE"],
      }),
    username: z
      .string()
      // Basic authentication ends the name at the first colon (RFC 7617).
      .regex(/^[^:]+$/, "expected a user name without a colon")
      .optional()
      .meta({
        title: "User name",
        description: "For basic authentication, with password",
        examples: ["gitlab-ci-token"],
      }),
    password: secretField()
      .optional()
      .meta({
        title: "Password",
        description: "Source of the password for basic authentication",
        examples: [{ env: "CI_JOB_TOKEN" }],
      }),
    token: secretField()
      .optional()
      .meta({
        title: "Token",
        description: "Source of the bearer token, in place of username and password",
        examples: [{ env: "LEDGER_TOKEN" }],
      }),
  })
  .check(({ value, issues }) => {
    const message = credentialProblem(value);
    if (message !== undefined) issues.push({ code: "custom", message, input: value });
  })
  .meta({
    title: "HTTP",
    description:
      "A server that speaks Terraform's HTTP state protocol and can lock, such as GitLab's Terraform states",
    examples: [{ address: EXAMPLE, token: { env: "LEDGER_TOKEN" } }],
    // Says in JSON Schema what the check above says.
    dependencies: {
      username: ["password"],
      password: ["username"],
      token: { propertyNames: { not: { enum: ["username", "password"] } } },
    },
  });

export const ledgerSchema = z
  .strictObject({
    file: z
      .string()
      .min(1)
      .optional()
      .meta({
        title: "File",
        description: "Path of the ledger, relative to this file",
        examples: [".gateform/acme-prod.ledger.json"],
      }),
    http: httpSchema.optional(),
  })
  .check(({ value, issues }) => {
    const message = placeProblem(value);
    if (message !== undefined) issues.push({ code: "custom", message, input: value });
  })
  .meta({
    title: "Ledger",
    description:
      "Where the ledger is kept, file or http; the default is the file .gateform/<stack>.ledger.json",
    examples: [{ file: ".gateform/acme-prod.ledger.json" }],
    minProperties: 1,
    maxProperties: 1,
  });

function placeProblem(value: { readonly file?: unknown; readonly http?: unknown }): string | undefined {
  if (value.file !== undefined && value.http !== undefined) {
    return "a ledger has one place, and both file and http are here; keep one of them";
  }
  if (value.file !== undefined || value.http !== undefined) return undefined;
  return "it names no place; write file: PATH or http: { address: URL }, or leave ledger out";
}

function credentialProblem(value: {
  readonly username?: unknown;
  readonly password?: unknown;
  readonly token?: unknown;
}): string | undefined {
  const { username, password, token } = value;
  if (token !== undefined && (username !== undefined || password !== undefined)) {
    return "it takes one credential: either token, or username and password";
  }
  if (username !== undefined && password === undefined) {
    return "username needs a password beside it; write password: { env: NAME }";
  }
  if (password !== undefined && username === undefined) {
    return "password needs a username beside it; for a bearer token write token: { env: NAME } instead";
  }
  return undefined;
}
