/**
 * What each sign that a token comes next is worth: the weights of a log-linear model, fitted by
 * `bench/ngram-fit.ts` to what followed in 49,000 places of the tuning packages, never of the held-out ones.
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
  exclusion: 0.427,
  all: 0.06,
  document: 0.063,
  workspace: 0.029,
  documentOrders: [0.008, -0.583, 0.033, 0.138, 0.109, 0.314, 0.44, 0.332, 0.363, -0.487],
  workspaceOrders: [-0.45, -0.798, -0.425, -0.204, -0.036, -0.014, 0.308, 0.549, 0.614, 1.122],
  longestInDocument: 0.139,
  longestInWorkspace: 0.393,
  timesInDocument: 0.264,
  timesInWorkspace: 0.018,
  inDocument: 1.119,
  uses: 0.207,
  lineBreak: 0.272,
  word: -0.227,
  wordInDocument: 0.495,
  wordRepeated: 0.51,
  breakInParenthesis: -1.057,
  breakInBrace: 0.129,
  closesInnermost: 0.879,
  closesOther: -0.663,
  closesNothing: -1.753,
  semicolonInParenthesis: -0.56,
  unseen: -0.682,
  unseenBest: -1.28,
};

/** Contexts of 1 to 5 tokens are classes of their own, then 6 and 7, 8 to 11, 12 to 17, 18. */
export const orderClass = Uint8Array.from({ length: 19 }, (_, order) =>
  order <= 5 ? order : order <= 7 ? 6 : order <= 11 ? 7 : order < 18 ? 8 : 9,
);
