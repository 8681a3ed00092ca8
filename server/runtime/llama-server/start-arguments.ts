/** How Hearth starts a llama-server: for itself alone, on this machine alone, with a slot for each of two roles. */

import type { ProgramAddress } from "../supervisor/program.ts";
import type { ProgramFlags } from "./program-flags.ts";

export interface StartArguments {
  readonly flags: ProgramFlags;
  readonly modelPath: string;
  /** Of one slot. */
  readonly contextTokens: number;
  /** At most so many on the GPU; left out: as many as it finds room for. */
  readonly gpuLayers?: number | undefined;
  /** A template of llama-server's own in place of the model's. */
  readonly template?: string | undefined;
  /** Of the person's own, from the settings. */
  readonly more: readonly string[];
}

/** The cached prefix of one role survives the requests of another. */
export const slots = 2;
/** Newer builds keep prompts in main memory, in up to 8 GiB of it. */
const cacheMebibytes = "1024";

/** What the person says comes after what is only usual, and before what must be so. */
export function startArguments(
  { flags, modelPath, contextTokens, gpuLayers, template, more }: StartArguments,
  { port, key, again }: ProgramAddress,
): readonly string[] {
  const known = (flag: string, ...values: readonly string[]) => (flags.has(flag) ? [flag, ...values] : []);
  const noPage = flags.has("--no-ui") ? known("--no-ui") : known("--no-webui");
  return [
    ...known("--parallel", String(slots)),
    ...known("--ctx-size", String(contextTokens * slots)),
    ...(gpuLayers === undefined ? [] : known("--n-gpu-layers", String(gpuLayers))),
    // Without layers it would still compute long prompts there.
    ...(gpuLayers === 0 ? known("--device", "none") : []),
    ...known("--no-kv-unified"),
    ...known("--cache-ram", cacheMebibytes),
    ...known("--jinja"),
    ...(template === undefined ? [] : ["--chat-template", template]),
    ...known("--metrics"),
    // Its weights are in memory, and somebody waits: the first answer takes the place of an empty one.
    ...(again ? known("--no-warmup") : []),
    ...more,
    ...known("--offline"),
    ...noPage,
    "--model",
    modelPath,
    "--host",
    "127.0.0.1",
    "--port",
    String(port),
    // The arguments of a process can be read by all: only a build that takes its key in no other way gets it there.
    ...(flags.has(keyVariable) ? [] : ["--api-key", key]),
  ];
}

const keyVariable = "LLAMA_API_KEY";

export function startEnvironment({ key }: ProgramAddress): Readonly<Record<string, string>> {
  return { [keyVariable]: key };
}

interface Fixed {
  readonly template: boolean;
  readonly context: boolean;
  readonly layers: boolean;
}

/** What the person's own arguments decide, and nobody else may. */
export function fixedBy(more: readonly string[]): Fixed {
  const names = new Set(more.map((argument) => argument.split("=")[0] ?? ""));
  return {
    template: ["--chat-template", "--chat-template-file", "--no-jinja"].some((name) => names.has(name)),
    context: ["-c", "--ctx-size"].some((name) => names.has(name)),
    layers: ["-ngl", "--gpu-layers", "--n-gpu-layers"].some((name) => names.has(name)),
  };
}
