/**
 * What each sign that a token comes next is worth: the weights of a log-linear model, fitted by
 * `bench/fit/ngram-fit.ts` to what followed in 15,744 places of the tuning packages, never of the held-out ones.
 */

export interface TokenWeights {
  /** Of the logarithms of four estimates: PPM with exclusion, and interpolated over all, document, workspace. */
  readonly exclusion: number;
  readonly all: number;
  readonly document: number;
  readonly workspace: number;
  /** Of the longest context after which the token was seen in the document and the workspace, by `orderClass`. */
  readonly documentOrders: readonly number[];
  readonly workspaceOrders: readonly number[];
  /** No other token was seen after a longer context there. */
  readonly longestInDocument: number;
  readonly longestInWorkspace: number;
  /** Of the logarithm of one and the times it was seen after that longest context. */
  readonly timesInDocument: number;
  readonly timesInWorkspace: number;
  /** It stands anywhere in the document, and of the logarithm of one and how often. */
  readonly inDocument: number;
  readonly uses: number;
  readonly lineBreak: number;
  readonly word: number;
  readonly wordInDocument: number;
  /** A word that is among the six tokens before. */
  readonly wordRepeated: number;
  /** A line break where the line still has a `(` or `[` open, or a `{`. */
  readonly breakInParenthesis: number;
  readonly breakInBrace: number;
  /** A closing bracket of the innermost open one of its line, of another kind, of none. */
  readonly closesInnermost: number;
  readonly closesOther: number;
  readonly closesNothing: number;
  readonly semicolonInParenthesis: number;
  /** Of a token that never followed: a constant, and of the best exclusion estimate among those that did. */
  readonly unseen: number;
  readonly unseenBest: number;
}

export const fittedWeights: TokenWeights = {
  exclusion: 0.422,
  all: 0.059,
  document: 0.028,
  workspace: 0.021,
  documentOrders: [-0.285, -0.709, -0.019, 0.106, 0.168, 0.251, 0.586, 0.48, 0.614, -0.202],
  workspaceOrders: [-0.456, -0.812, -0.406, -0.215, -0.052, 0.033, 0.326, 0.614, 0.698, 1.267],
  longestInDocument: 0.226,
  longestInWorkspace: 0.437,
  timesInDocument: 0.351,
  timesInWorkspace: 0.041,
  inDocument: 0.462,
  uses: 0.185,
  lineBreak: 1.584,
  word: -0.883,
  wordInDocument: 1.089,
  wordRepeated: 0.555,
  breakInParenthesis: -0.983,
  breakInBrace: 0.045,
  closesInnermost: 0.86,
  closesOther: -0.719,
  closesNothing: -1.69,
  semicolonInParenthesis: -0.651,
  unseen: -1.05,
  unseenBest: -1.081,
};

/** Contexts of 1 to 5 tokens are classes of their own, then 6 and 7, 8 to 11, 12 to 17, 18. */
export const orderClass = Uint8Array.from({ length: 19 }, (_, order) =>
  order <= 5 ? order : order <= 7 ? 6 : order <= 11 ? 7 : order < 18 ? 8 : 9,
);
