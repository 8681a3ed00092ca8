/** How many tokens the embedded runtime lets llama.cpp compute at once. */

/** At most and at least. */
const mostBatchTokens = 512;
const leastBatchTokens = 64;
/** What the attention scores of one batch may take where they are kept. */
const mostScoreBytes = 64 * 1024 * 1024;

export interface Batch {
  readonly flash: boolean;
  /** What the attention of one token to another takes, in the one layer that is computed. */
  readonly scoreBytes: number;
  readonly contextTokens: number;
}

/** Without flash attention as many as their scores leave room for. */
export function batchTokens({ flash, scoreBytes, contextTokens }: Batch): number {
  if (flash) return mostBatchTokens;
  const fitting = Math.floor(mostScoreBytes / Math.max(1, scoreBytes * contextTokens));
  return Math.min(mostBatchTokens, Math.max(leastBatchTokens, fitting));
}
