/** The quantisations that llama.cpp's llama-quantize makes (tools/quantize/quantize.cpp of b11434), without its aliases. */

const quantNames = [
  "F32",
  "F16",
  "BF16",
  "Q8_0",
  "Q6_K",
  "Q5_K_M",
  "Q5_K_S",
  "Q5_1",
  "Q5_0",
  "Q4_K_M",
  "Q4_K_S",
  "Q4_1",
  "Q4_0",
  "Q3_K_L",
  "Q3_K_M",
  "Q3_K_S",
  "Q2_K",
  "Q2_K_S",
  "Q2_0",
  "Q1_0",
  "IQ4_NL",
  "IQ4_XS",
  "IQ3_M",
  "IQ3_S",
  "IQ3_XS",
  "IQ3_XXS",
  "IQ2_M",
  "IQ2_S",
  "IQ2_XS",
  "IQ2_XXS",
  "IQ1_M",
  "IQ1_S",
  "TQ2_0",
  "TQ1_0",
  "MXFP4_MOE",
] as const;

const aliases = ["Q5_K", "Q4_K", "Q3_K"];

/** Those that most people take. */
export const usualQuants: readonly string[] = ["F16", "BF16", "Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q4_K_S"];

/** Case does not count. */
export function isQuantName(name: string): boolean {
  return [...quantNames, ...aliases].some((known) => known === name.toUpperCase());
}
