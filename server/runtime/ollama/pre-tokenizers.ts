/**
 * How byte-pair tokenizers cut a text into words before they merge: the expressions of llama.cpp's
 * `llm_tokenizer_bpe` (src/llama-vocab.cpp), by the names that a GGUF gives in `tokenizer.ggml.pre`.
 */

export interface PreTokenizer {
  /** One after another: each cuts the words of the one before. What one does not match is a word too. */
  readonly words: readonly RegExp[];
  /** A word that is a token is that token, whatever the merges say. */
  readonly wholeWords: boolean;
}

const gpt2 = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)/gu;
const qwen2 =
  /(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+/gu;
const llama3 =
  /(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+/gu;
const seedCoder =
  /(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|\s+(?!\S)|\s+/gu;
const deepseekV3 =
  /[!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+/gu;

const byWord = (...words: readonly RegExp[]): PreTokenizer => ({ words, wholeWords: false });
const byWholeWord = (...words: readonly RegExp[]): PreTokenizer => ({ words, wholeWords: true });

export const preTokenizers: ReadonlyMap<string, PreTokenizer> = new Map([
  ["gpt-2", byWord(gpt2)],
  ["mellum", byWord(gpt2)],
  ["starcoder", byWord(/\p{N}/gu, gpt2)],
  ["refact", byWord(/\p{N}/gu, gpt2)],
  ["command-r", byWord(/\p{N}/gu, gpt2)],
  ["smollm", byWord(/\p{N}/gu, gpt2)],
  ["qwen2", byWord(qwen2)],
  ["deepseek-r1-qwen", byWord(qwen2)],
  ["stablelm2", byWord(qwen2)],
  ["llama-bpe", byWholeWord(llama3)],
  ["llama3", byWholeWord(llama3)],
  ["deepseek-coder", byWord(/[\r\n]/gu, /\s?\p{L}+/gu, /\s?\p{P}+/gu, /[一-龥ࠀ-一가-퟿]+/gu, /\p{N}/gu)],
  ["deepseek-v3", byWord(/\p{N}{1,3}/gu, /[一-龥぀-ゟ゠-ヿ]+/gu, deepseekV3)],
  ["seed-coder", byWord(seedCoder)],
]);
