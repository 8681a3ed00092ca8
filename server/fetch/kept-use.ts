/** What a model file that is here can be used for, as its header says. */

import { detectChat, detectFim } from "../model/fim-detection.ts";
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
    const { parameters, embeds } = header;
    if (embeds) return { kind: "usable", parameters, fits: ["embed"] };
    const fim = detectFim(header, path);
    if (fim !== undefined) return { kind: "usable", parameters, fits: ["complete"], fim };
    return { kind: "usable", parameters, fits: detectChat(header, path) ? ["reason"] : [] };
  } catch (error) {
    return { kind: "unusable", error: toRuntimeError(error) };
  }
}
