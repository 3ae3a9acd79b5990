// `gateform serve`: the reference server as a process. Says how to reach it and runs until it is told to end.

import {
  type FaultRule,
  type RunningServer,
  readFaultRules,
  startReferenceServer,
} from "../../reference-server/index.ts";
import type { Style } from "../../render/style.ts";
import type { Run } from "../command.ts";
import { Failure } from "../failure.ts";
import { untilSignal } from "../interrupt.ts";
import type { Io } from "../io.ts";
import type { Options } from "../options.ts";
import { emit } from "../output.ts";
import { outputsOf } from "../run.ts";

export const serve: Run = async (io, _args, options) => {
  const outputs = outputsOf(io, options);
  const faults = options.fault.flatMap(readFault);
  const stopped = untilSignal();
  const server = await start(io, options, faults);
  emit(io, outputs, {
    text: (style) => howToReach(server, options, style),
    json: () => `${JSON.stringify(server.connection)}\n`,
    markdown: () => `\`\`\`sh\n${exportLines(server).join("\n")}\n\`\`\`\n`,
  });
  await stopped;
  await server.close();
  return 0;
};

function readFault(text: string): FaultRule[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Failure("USAGE", `--fault takes JSON, and this is none: ${text}`);
  }
  try {
    return readFaultRules(value);
  } catch (error) {
    const words = error instanceof Error ? error.message.replaceAll(/\s+/g, " ") : "";
    throw new Failure("USAGE", `--fault ${text}: ${words}`);
  }
}

async function start(io: Io, options: Options, faults: FaultRule[]): Promise<RunningServer> {
  const { host, port, profile, data, seed } = options;
  try {
    return await startReferenceServer({
      host,
      port,
      profile,
      faults,
      onFailure: (error) =>
        io.err(`reference server: ${error instanceof Error ? error.stack : String(error)}\n`),
      ...(data === undefined ? {} : { dataFile: data }),
      ...(seed === undefined ? {} : { seedFile: seed }),
    });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EADDRINUSE") {
      throw new Failure("PORT_TAKEN", `port ${port} of ${host} is taken`, {
        hint: "give another one with --port; 0 takes a free one",
      });
    }
    throw new Failure("SERVE_FAILED", error instanceof Error ? error.message : "the server did not start");
  }
}

function exportLines({ connection: { cloudflare, vercel } }: RunningServer): string[] {
  return Object.entries({
    CLOUDFLARE_BASE_URL: cloudflare.base_url,
    CLOUDFLARE_GATEWAY_BASE_URL: cloudflare.gateway_base_url,
    CLOUDFLARE_ACCOUNT_ID: cloudflare.account_id,
    CLOUDFLARE_API_TOKEN: cloudflare.api_token,
    VERCEL_BASE_URL: vercel.base_url,
    VERCEL_AI_GATEWAY_URL: vercel.gateway_base_url,
    VERCEL_TEAM: vercel.team,
    VERCEL_TOKEN: vercel.token,
  }).map(([name, value]) => `export ${name}='${value}'`);
}

function howToReach(server: RunningServer, { profile }: Options, style: Style): string {
  const { connection } = server;
  return [
    style.bold(`gateform reference server (profile ${profile}) at ${connection.vercel.base_url}`),
    "",
    "In another terminal:",
    "",
    ...exportLines(server).map((line) => `  ${line}`),
    "",
    `Requests, faults and state: ${connection.control_url} (GET /requests, POST /faults, GET /state …)`,
    "Ctrl-C ends it.",
    "",
  ].join("\n");
}
