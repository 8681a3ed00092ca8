/** Reaches a server of OpenAI's protocol, finds the model there, and learns what it can do. */

import { basename } from "node:path";
import * as v from "valibot";
import type { Clock } from "../../base/clock.ts";
import { type FimFamilyId, fimFamilies } from "../../model/fim.ts";
import { detectReasoning, familyByName } from "../../model/fim-detection.ts";
import type { ModelInfo } from "../../model/model-info.ts";
import type { ModelRuntime } from "../../model/model-runtime.ts";
import { nearestNames } from "../../model/nearest-names.ts";
import { familyTokens } from "../../model/neutral-text.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import type { HttpClient } from "../http/http-client.ts";
import { isUnknownPath, StatusError, strangerError } from "../http/http-errors.ts";
import { leastContext, statedTokens } from "../http/stated-count.ts";
import { withRetries } from "../http/with-retries.ts";
import { dialectOf } from "./dialect.ts";
import { OpenAiRuntime } from "./openai-runtime.ts";
import { TokenCounter } from "./token-counter.ts";

export interface OpenAiModel {
  readonly info: ModelInfo;
  readonly runtime: ModelRuntime;
}

export interface OpenAiServer {
  readonly client: HttpClient;
  readonly url: URL;
  readonly clock: Clock;
}

const quickMs = 10_000;

const entrySchema = v.object({
  id: v.string(),
  owned_by: v.nullish(v.string()),
  /** The model behind a name that was given to it (vLLM). */
  root: v.nullish(v.string()),
  /** vLLM and SGLang. */
  max_model_len: statedTokens,
  /** Gateways. */
  context_length: statedTokens,
  context_window: statedTokens,
});
const listSchema = v.object({ data: v.array(entrySchema) });
type Entry = v.InferOutput<typeof entrySchema>;
/** What llama.cpp says besides. */
const propsSchema = v.object({
  default_generation_settings: v.object({ n_ctx: statedTokens }),
  chat_template: v.optional(v.string()),
});

export async function connectOpenAi(
  server: OpenAiServer,
  model: string,
  signal: AbortSignal,
): Promise<OpenAiModel> {
  const { client, url, clock } = server;
  const entry = pick(await listModels(server, signal), { model, url, client });
  const dialect = dialectOf(entry.owned_by);
  const props = dialect === "llama.cpp" ? await propsOf(client, signal) : undefined;
  const names = [entry.id, entry.root ?? ""];
  const named = familyByName(names);
  const options = { client, url, model: entry.id };
  const counter = new TokenCounter({ ...options, tokens: familyTokens(named) });
  const fim = named && (await counter.hasControls(controlsOf(named), signal)) !== false ? named : undefined;
  const evidence = { name: entry.root ?? entry.id, chatTemplate: props?.chat_template };
  const reasons = detectReasoning(evidence, entry.id);
  const runtime = new OpenAiRuntime({ ...options, dialect, tokens: familyTokens(fim), reasons, counter });
  const contextTokens =
    props?.default_generation_settings.n_ctx ??
    entry.max_model_len ??
    entry.context_length ??
    entry.context_window ??
    leastContext;
  return {
    info: { runtime: "openai", name: model, contextTokens, reasons, ...(fim === undefined ? {} : { fim }) },
    runtime: withRetries(runtime, { clock, random: Math.random }),
  };
}

async function listModels({ client, url }: OpenAiServer, signal: AbortSignal): Promise<readonly Entry[]> {
  const request = { path: "v1/models", schema: listSchema, limitMs: quickMs };
  try {
    return (await client.json(request, signal)).data;
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    if (isUnknownPath(error)) throw strangerError(client.name, url);
    if (error.status !== 401 && error.status !== 403) throw error;
    throw new RuntimeError("refused", "The server at {0} does not take the API key, or wants one.", {
      values: [url.origin],
      mend: "Set the key with Hearth: Set API Key, or in HEARTH_API_KEY on a command line.",
      cause: error,
    });
  }
}

function pick(
  models: readonly Entry[],
  { model, url, client }: { readonly model: string; readonly url: URL; readonly client: HttpClient },
): Entry {
  const exact = models.find(({ id }) => id === model);
  const [alike, another] = models.filter(({ id }) => shortName(id) === shortName(model));
  const entry = exact ?? (another ? undefined : alike);
  if (entry) return entry;
  const ids = models.map(({ id }) => id);
  if (ids.length === 0)
    throw new RuntimeError("model-not-found", "The server at {0} serves no model.", { values: [url.origin] });
  throw new RuntimeError("model-not-found", "The server at {0} has no model {1}. Nearest: {2}.", {
    values: [url.origin, model, client.conceal(nearestNames(model, ids).join(", "))],
  });
}

/** People leave out the folder and the ending of a file's name. */
function shortName(name: string): string {
  return basename(name)
    .replace(/\.gguf$/i, "")
    .toLowerCase();
}

async function propsOf(
  client: HttpClient,
  signal: AbortSignal,
): Promise<v.InferOutput<typeof propsSchema> | undefined> {
  try {
    return await client.json({ path: "props", schema: propsSchema, limitMs: quickMs }, signal);
  } catch (error) {
    // A proxy may let nothing through but /v1.
    if (error instanceof StatusError) return undefined;
    throw error;
  }
}

function controlsOf(id: FimFamilyId): readonly string[] {
  const { prefix, suffix, middle } = fimFamilies[id];
  return [prefix, suffix, middle].filter((token) => token !== undefined);
}
