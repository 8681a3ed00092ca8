/** What a model must reach to be of use, and what a machine must have. */

/** Tokens a second. Slower is no help: ghost text comes too late, a thought of 1,000 tokens takes minutes. */
export const slowest = { complete: 15, reason: 5 } as const;

/**
 * Tokens a second. What bandwidth alone would let a small model write beyond this, the start of each computation
 * takes away; nobody reads so fast.
 */
export const quickest = 100;

/** Less is too short for a prompt and the thought about it. */
export const leastContextTokens = { complete: 4096, reason: 8192 } as const;
export const boardContextTokens = 2048;

/** With fewer, a processor takes too long to read the prompt of anything but the smallest model. */
export const fewCores = 8;
