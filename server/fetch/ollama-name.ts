/** What a person means who names a model of Ollama's registry. */

import { isLoopback } from "../base/loopback.ts";
import { findInCatalogue, pullName } from "../model/catalogue-name.ts";
import { FetchError } from "./fetch-error.ts";
import type { KnownModel } from "./wanted-model.ts";

/** A model of a registry that Ollama pulls from. */
export interface RegistryModel {
  /** As Ollama takes it and lists it. */
  readonly name: string;
  /** Whether only Ollama will do: the person has said so. */
  readonly only: boolean;
  readonly known?: KnownModel;
  /** What names it in the catalogue with a quantisation, for a pull without Ollama; left out where nothing does. */
  readonly otherwise?: string;
  /** Where the model is described. */
  readonly registry: URL;
  /** In the registry, such as `library/deepseek-r1`. */
  readonly path: string;
  readonly tag: string;
}

/** Ollama's own, where a name says no other. */
const usualRegistry = "registry.ollama.ai";

/**
 * Reads `ollama/NAME`, and a name of the catalogue that leaves the quantisation open, where Ollama's registry has
 * that model. Undefined for every other name.
 */
export function readOllamaModel(wanted: string): RegistryModel | undefined {
  if (wanted.startsWith("ollama/")) return { ...placeOf(wanted.slice("ollama/".length)), only: true };
  const choice = findInCatalogue(wanted);
  const model = choice?.model;
  if (!model?.ollama || wanted.toLowerCase() !== model.id) return undefined;
  const usual = model.quants.find(({ quant }) => quant === "Q4_K_M") ?? model.quants.at(-1);
  const known = { bytes: usual?.bytes ?? 0, licence: model.licence };
  const named = usual ? pullName(model, usual) : "";
  return { ...placeOf(model.ollama), only: false, known, ...(named === "" ? {} : { otherwise: named }) };
}

const pattern = /^(?:(\w[\w.-]*(?::\d+)?)\/)??((?:\w[\w.-]*\/)?\w[\w.-]*)(?::(\w[\w.-]*))?$/;

function placeOf(name: string): Pick<RegistryModel, "name" | "registry" | "path" | "tag"> {
  const [, host = usualRegistry, path = "", tag = "latest"] = pattern.exec(name) ?? [];
  if (path === "") throw new FetchError("name-unclear", { values: [`ollama/${name}`] });
  const secure = new URL(`https://${host}`);
  return {
    name: name.includes(":", name.lastIndexOf("/") + 1) ? name : `${name}:${tag}`,
    registry: isLoopback(secure) ? new URL(`http://${host}`) : secure,
    path: path.includes("/") ? path : `library/${path}`,
    tag,
  };
}
