/** A GGUF that holds a vocabulary and no weights, for llama.cpp to tokenise with. */

import { writeGguf } from "./gguf-writer.ts";

export interface LearntWords {
  readonly tokens: readonly string[];
  readonly types: readonly number[];
  readonly merges: readonly string[];
}

/** `pre`: the name of the way to cut words before they are merged. */
export function writeVocabulary(path: string, pre: string, { tokens, types, merges }: LearntWords) {
  return writeGguf(path, {
    metadata: [
      ["general.architecture", "string", "llama"],
      ["llama.context_length", "u32", 128],
      ["llama.embedding_length", "u32", 64],
      ["llama.block_count", "u32", 1],
      ["llama.feed_forward_length", "u32", 64],
      ["llama.attention.head_count", "u32", 1],
      ["llama.attention.layer_norm_rms_epsilon", "f32", 1e-6],
      ["tokenizer.ggml.model", "string", "gpt2"],
      ["tokenizer.ggml.pre", "string", pre],
      ["tokenizer.ggml.tokens", "strings", tokens],
      ["tokenizer.ggml.token_type", "i32s", types],
      ["tokenizer.ggml.merges", "strings", merges],
    ],
    tensors: [],
  });
}
