/** What is known of a model once it is bound to a role. */

import type { LocalizedValue } from "../base/l10n.ts";
import type { FimFamilyId } from "./fim.ts";
import type { CardSampling } from "./model-runtime.ts";
import type { RuntimeError } from "./runtime-error.ts";

export const runtimeKinds = ["embedded", "ollama", "llama-server", "openai"] as const;
export type RuntimeKind = (typeof runtimeKinds)[number];

export interface ModelInfo {
  readonly runtime: RuntimeKind;
  /** The name a person sees: a catalogue name, a tag, or a file's base name. */
  readonly name: string;
  /** Tokens of prompt and answer together. */
  readonly contextTokens: number;
  /** What the runtime would hold beyond them, and the model was not trained for; left out where that is nothing. */
  readonly untrainedTokens?: number;
  /** How to ask it to fill in the middle; left out when it was never trained to. */
  readonly fim?: FimFamilyId;
  /** Whether it answers with reasoning first. */
  readonly reasons: boolean;
  /** It is known to have no form for a conversation: it only goes on with a text. */
  readonly chats?: false;
  /** How it is loaded in place of what was asked for, since memory did not hold that; left out where it did. */
  readonly reduced?: Reduction;
  /** What its makers recommend; left out where they say nothing. */
  readonly sampling?: CardSampling;
}

/** A sentence and what stands for its placeholders: the one who tells a person knows the language. */
export interface Reduction {
  readonly sentence: string;
  readonly values: readonly LocalizedValue[];
}

export function toReduction({ sentence, values }: RuntimeError): Reduction {
  return { sentence, values };
}
