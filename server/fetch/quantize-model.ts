/** Makes a smaller model of one that is here: by llama.cpp's own program, or by an Ollama for what it keeps itself. */

import type { Clock } from "../base/clock.ts";
import { alikeNames } from "../model/nearest-names.ts";
import { RuntimeError } from "../model/runtime-error.ts";
import { FetchError } from "./fetch-error.ts";
import type { KeptModel, ModelFolder } from "./model-folder.ts";
import type { OllamaPort, OllamaStep } from "./pull-by-ollama.ts";
import { isQuantName, usualQuants } from "./quant-names.ts";
import { RateMeter, type TransferProgress } from "./transfer-progress.ts";

export interface Quantizing {
  /** As `hearth models list` names it, or `ollama/NAME`. */
  readonly name: string;
  /** As llama.cpp names it, such as `Q4_K_M`; case does not count. */
  readonly quant: string;
}

export interface QuantizePorts {
  readonly folder: ModelFolder;
  /** Runs `llama-quantize`; undefined where there is none. Rejects with its last words. */
  readonly program: ((args: readonly string[], signal: AbortSignal) => Promise<void>) | undefined;
  /** Undefined where none answers. */
  readonly ollama: OllamaPort | undefined;
  readonly clock: Clock;
  readonly now: () => Date;
  readonly onProgress: (progress: TransferProgress) => void;
}

export interface QuantizedModel {
  /** As a role names it. */
  readonly model: string;
  /** Zero where the runtime keeps it and does not say. */
  readonly bytes: number;
}

/** Rejects with a FetchError or a RuntimeError, or with the signal's reason. */
export async function quantizeModel(
  wanted: Quantizing,
  ports: QuantizePorts,
  signal: AbortSignal,
): Promise<QuantizedModel> {
  const { name, quant } = wanted;
  if (!isQuantName(quant)) throw new FetchError("quant-unclear", { values: [quant, usualQuants.join(", ")] });
  if (name.startsWith("ollama/"))
    return byOllama({ name: name.slice("ollama/".length), quant }, ports, signal);
  const { folder, program, now } = ports;
  const from = await folder.find(name.replace(/^embedded\//, ""));
  if (!program) throw new FetchError("no-quantizer");
  const make = (path: string) => program([from.path, path, quant.toUpperCase()], signal);
  const about = { source: from.path, licence: from.record?.licence, at: now() };
  const made = await folder.make(targetFile(from, quant), { make, about }, signal);
  return { model: `embedded/${made.name}`, bytes: made.bytes };
}

/** The name of the original with this quantisation in place of its own. */
function targetFile({ name }: KeptModel, quant: string): string {
  const stem = name
    .replace(/-\d{5}-of-\d{5}$/, "")
    .replace(/[-._](?:i?q\d(?:_\w+)?|bf16|f16|f32|fp16)$/i, "");
  return `${stem}-${quant.toLowerCase()}.gguf`;
}

async function byOllama(
  { name, quant }: Quantizing,
  { ollama, clock, onProgress }: QuantizePorts,
  signal: AbortSignal,
): Promise<QuantizedModel> {
  if (!ollama) throw new FetchError("no-ollama", { values: ["runtimes.ollama.url"] });
  const from = ollama.models.find((model) => model === name || model === `${name}:latest`);
  if (from === undefined) {
    const near = alikeNames(name, ollama.models).map((each) => `ollama/${each}`);
    throw new FetchError("unknown-model", { values: [`ollama/${name}`, near.join(", ")] });
  }
  const model = `${from.replace(/:latest$/, "")}-${quant.toLowerCase()}`;
  const meter = new RateMeter(clock);
  const onStep = ({ total, completed }: OllamaStep) => {
    if (total === undefined || completed === undefined) return;
    meter.note(completed);
    onProgress(meter.progress(completed, total));
  };
  try {
    await ollama.create({ model, from, quantize: quant.toUpperCase() }, onStep, signal);
  } catch (error) {
    // Ollama refuses with the same status with which it tells of a crash.
    const refuses = error instanceof RuntimeError && ["runtime-crashed", "refused"].includes(error.code);
    if (signal.aborted || !refuses) throw error;
    throw new FetchError("not-quantized", { values: ["Ollama", error.values[1] ?? ""], cause: error });
  }
  return { model: `ollama/${model}`, bytes: 0 };
}
