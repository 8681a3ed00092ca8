/** Reaches a llama-server that runs: makes sure that it is one, and learns what its model can do. */

import { basename } from "node:path";
import * as v from "valibot";
import { type FimFamilyId, fimFamilies } from "../../model/fim.ts";
import { detectReasoning, familyByName } from "../../model/fim-detection.ts";
import type { ModelInfo } from "../../model/model-info.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import type { HttpClient } from "../http/http-client.ts";
import { isUnknownPath, strangerError } from "../http/http-errors.ts";
import { leastContext, statedSlots, statedTokens } from "../http/stated-count.ts";
import { LlamaServerRuntime } from "./llama-server-runtime.ts";

const quickMs = 5000;

/** What only llama-server says of itself. */
const propsSchema = v.object({
  default_generation_settings: v.object({ n_ctx: statedTokens }),
  total_slots: statedSlots,
  model_path: v.optional(v.string(), ""),
  chat_template: v.optional(v.string(), ""),
  build_info: v.optional(v.string(), ""),
});
const modelsSchema = v.object({
  data: v.array(
    v.object({
      id: v.string(),
      /** Left out before 2025; null while it loads. */
      meta: v.nullish(v.object({ n_ctx_train: statedTokens })),
    }),
  ),
});

export interface LlamaServer {
  readonly info: ModelInfo;
  readonly runtime: LlamaServerRuntime;
  readonly slots: number;
}

export async function connectLlamaServer(
  client: HttpClient,
  { url, model }: { readonly url: URL; readonly model: string },
  signal: AbortSignal,
): Promise<LlamaServer> {
  const props = await client
    .json({ path: "props", schema: propsSchema, limitMs: quickMs }, signal)
    .catch((error: unknown) => {
      throw isUnknownPath(error) ? strangerError(client.name, url) : error;
    });
  const models = await client.json({ path: "v1/models", schema: modelsSchema, limitMs: quickMs }, signal);
  const names = [...models.data.map(({ id }) => id), props.model_path].filter((name) => name !== "");
  if (!names.some((name) => sameModel(name, model))) {
    const served = [...new Set(names.map((name) => basename(name)))].join(", ");
    throw new RuntimeError("model-not-found", "llama-server at {0} serves {1}, not {2}.", {
      values: [url.origin, served, model],
    });
  }
  const { default_generation_settings: settings, total_slots: slots = 1 } = props;
  const trained = models.data[0]?.meta?.n_ctx_train ?? Infinity;
  const held = settings.n_ctx ?? Math.min(leastContext, trained);
  const contextTokens = Math.min(held, trained);
  const runtime = new LlamaServerRuntime({ client, url, model, contextTokens, slots });
  const named = familyByName([model, ...names]);
  const fim = named && (await runtime.hasControls(controlsOf(named), signal)) ? named : undefined;
  const template = { chatTemplate: props.chat_template, name: model };
  return {
    info: {
      runtime: "llama-server",
      name: model,
      contextTokens,
      ...(held > contextTokens ? { untrainedTokens: held - contextTokens } : {}),
      reasons: detectReasoning(template, props.model_path),
      ...(fim === undefined ? {} : { fim }),
    },
    runtime,
    slots,
  };
}

function controlsOf(id: FimFamilyId): readonly string[] {
  const { prefix, suffix, middle } = fimFamilies[id];
  return [prefix, suffix, middle].filter((token) => token !== undefined);
}

function sameModel(served: string, wanted: string): boolean {
  return shortName(served) === shortName(wanted);
}

/** People leave out the folder and the ending of a file's name. */
function shortName(name: string): string {
  return basename(name)
    .replace(/\.gguf$/i, "")
    .toLowerCase();
}
