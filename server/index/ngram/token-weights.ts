/**
 * What each sign that a token comes next is worth: weights of a log-linear model, fitted to what followed in
 * 49,000 places of the tuning packages (`bench/cases/packages.ts`), never of the held-out ones.
 */

/** Of the logarithms of four estimates: PPM with exclusion, and interpolated over all, document, workspace. */
export const estimateWeights = { exclusion: 0.427, all: 0.06, document: 0.063, workspace: 0.029 } as const;

/** Of the longest context after which the token was seen in the document, by `orderClass`. */
export const documentOrderWeights = [0.008, -0.583, 0.033, 0.138, 0.109, 0.314, 0.44, 0.332, 0.363, -0.487];

export const workspaceOrderWeights = [
  -0.45, -0.798, -0.425, -0.204, -0.036, -0.014, 0.308, 0.549, 0.614, 1.122,
];

export const tokenWeights = {
  /** No other token was seen after a longer context, in the document or in the workspace. */
  longestInDocument: 0.139,
  longestInWorkspace: 0.393,
  /** Of the logarithm of one and the times it was seen after that longest context. */
  timesInDocument: 0.264,
  timesInWorkspace: 0.018,
  /** It stands anywhere in the document, and of the logarithm of one and how often. */
  inDocument: 1.119,
  uses: 0.207,
  lineBreak: 0.272,
  word: -0.227,
  wordInDocument: 0.495,
  /** A word that is among the six tokens before. */
  wordRepeated: 0.51,
  /** A line break where the line still has a `(` or `[` open, or a `{`. */
  breakInParenthesis: -1.057,
  breakInBrace: 0.129,
  /** A closing bracket of the innermost open one of its line, of another kind, of none. */
  closesInnermost: 0.879,
  closesOther: -0.663,
  closesNothing: -1.753,
  semicolonInParenthesis: -0.56,
} as const;

/** Of a token that never followed: a constant, and of the best exclusion estimate among those that did. */
export const unseenWeights = { always: -0.682, best: -1.28 } as const;

/** Contexts of 1 to 5 tokens are classes of their own, then 6 and 7, 8 to 11, 12 to 17, 18. */
export const orderClass = Uint8Array.from({ length: 19 }, (_, order) =>
  order <= 5 ? order : order <= 7 ? 6 : order <= 11 ? 7 : order < 18 ? 8 : 9,
);
