/** Whether llama-server is installed, and whether one answers at its usual address. */

import * as v from "valibot";
import type { LlamaServerFinding } from "../../model/findings.ts";
import { canRun, findProgram } from "./find-program.ts";
import { askJson } from "./loopback-json.ts";

export interface LlamaServerRequest {
  /** PATH as it is set. */
  readonly searchPath: string;
  /** The program that the settings name. */
  readonly program?: string;
  readonly url: string;
}

export const usualLlamaServer = "http://127.0.0.1:8080";

export async function findLlamaServer(
  { searchPath, program, url }: LlamaServerRequest,
  signal: AbortSignal,
): Promise<LlamaServerFinding> {
  const [path, answer] = await Promise.all([
    program === undefined ? findProgram("llama-server", searchPath) : runnable(program),
    askJson(new URL("/props", url), signal),
  ]);
  const props = v.safeParse(propsSchema, answer.kind === "json" ? answer.value : undefined);
  return {
    ...(path === undefined ? {} : { path }),
    ...(props.success ? { running: { url, model: props.output.model_path ?? "" } } : {}),
    ...(props.success || answer.kind === "silent"
      ? {}
      : { instead: { url, kind: answer.kind === "late" ? "late" : "stranger" } }),
  };
}

async function runnable(path: string): Promise<string | undefined> {
  return (await canRun(path)) ? path : undefined;
}

/** What only llama-server says of itself. */
const propsSchema = v.object({
  default_generation_settings: v.object({}),
  model_path: v.optional(v.string()),
});
