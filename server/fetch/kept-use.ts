/** What a model file that is here can be used for, as its header says. */

import { detectFim } from "../model/fim-detection.ts";
import { readGgufFile } from "../model/gguf.ts";
import { type RuntimeError, toRuntimeError } from "../model/runtime-error.ts";
import type { ModelRole } from "../protocol/models.ts";

export type KeptUse =
  | {
      readonly kind: "usable";
      readonly parameters: number;
      readonly fits: readonly ModelRole[];
      /** How it fills in the middle; left out when it does not. */
      readonly fim?: string;
    }
  | { readonly kind: "unusable"; readonly error: RuntimeError };

export async function keptUse(path: string): Promise<KeptUse> {
  try {
    const header = await readGgufFile(path);
    const fim = detectFim(header, path);
    const { parameters } = header;
    if (embedders.test(header.architecture)) return { kind: "usable", parameters, fits: ["embed"] };
    return fim === undefined
      ? { kind: "usable", parameters, fits: ["reason"] }
      : { kind: "usable", parameters, fits: ["complete"], fim };
  } catch (error) {
    return { kind: "unusable", error: toRuntimeError(error) };
  }
}

/** Architectures of llama.cpp that only ever give vectors. */
const embedders = /bert$/;
