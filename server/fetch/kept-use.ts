/** What a model file that is here can be used for, as its header says. */

import { detectChat, detectFim, detectReasoning } from "../model/fim-detection.ts";
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
      /** It answers with reasoning first. */
      readonly reasons: boolean;
      /** That it was trained with. */
      readonly contextTokens: number;
    }
  | { readonly kind: "unusable"; readonly error: RuntimeError };

export async function keptUse(path: string): Promise<KeptUse> {
  try {
    const header = await readGgufFile(path);
    const { parameters, embeds, trainedContextTokens: contextTokens } = header;
    const about = { kind: "usable", parameters, contextTokens, reasons: false } as const;
    if (embeds) return { ...about, fits: ["embed"] };
    const fim = detectFim(header, path);
    if (fim !== undefined) return { ...about, fits: ["complete"], fim };
    if (!detectChat(header, path)) return { ...about, fits: [] };
    return { ...about, fits: ["reason"], reasons: detectReasoning(header, path) };
  } catch (error) {
    return { kind: "unusable", error: toRuntimeError(error) };
  }
}
