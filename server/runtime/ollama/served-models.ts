/** The models that an Ollama has and computes itself, with what each is good for; none of them is loaded to find out. */

import { detectReasoning, familyByName } from "../../model/fim-detection.ts";
import type { ServedModel } from "../../model/findings.ts";
import { RuntimeError } from "../../model/runtime-error.ts";
import { HttpClient } from "../http/http-client.ts";
import { isBareTemplate } from "./bare-template.ts";
import { OllamaApi, type OllamaModel } from "./ollama-api.ts";

/** The largest of more: whoever has as many will name one. */
const mostModels = 48;

/** None where it does not answer as Ollama does. */
export async function servedModels(url: string, signal: AbortSignal): Promise<readonly ServedModel[]> {
  const client = new HttpClient({ url, name: "Ollama" });
  try {
    return await ask(new OllamaApi(client), signal);
  } catch (error) {
    if (error instanceof RuntimeError || signal.aborted) return [];
    throw error;
  } finally {
    client.dispose();
  }
}

async function ask(api: OllamaApi, signal: AbortSignal): Promise<readonly ServedModel[]> {
  const listed = (await api.models(signal)).filter(({ remote_host }) => remote_host === "");
  const largest = listed.toSorted((a, b) => b.size - a.size).slice(0, mostModels);
  const served = await Promise.all(
    largest.map(async ({ name, size }) => servedModel(name, size, await api.describe(name, signal))),
  );
  return served.flatMap((model) => model ?? []);
}

/** Undefined for one that only embeds, or that is computed elsewhere. */
function servedModel(name: string, bytes: number, shown: OllamaModel): ServedModel | undefined {
  if (shown.remote_host !== "" || !shown.capabilities.includes("completion")) return undefined;
  const { "general.name": general, "general.basename": base } = shown.model_info;
  const names = [name, general, base].filter((one) => typeof one === "string");
  const isNamedForReason = names.some((one) => detectReasoning({ name: one, chatTemplate: undefined }, one));
  const parameters = shown.model_info["general.parameter_count"];
  return {
    name,
    bytes,
    parameters: typeof parameters === "number" ? parameters : Infinity,
    fills: !isNamedForReason && (familyByName(names) !== undefined || shown.capabilities.includes("insert")),
    reasons: isBareTemplate(shown)
      ? "no"
      : isNamedForReason
        ? "r1"
        : shown.capabilities.includes("thinking")
          ? "thinks"
          : "no",
  };
}
