/**
 * A prompt as pieces: control tokens stand apart from text, so that text which spells a control token
 * is tokenised as the plain characters it is.
 */

export type PromptPiece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "control"; readonly token: string };

export function text(value: string): PromptPiece {
  return { kind: "text", text: value };
}

export function control(token: string): PromptPiece {
  return { kind: "control", token };
}

/** The prompt as one string, for display and for runtimes that take nothing else. */
export function promptToString(pieces: readonly PromptPiece[]): string {
  return pieces.map((piece) => (piece.kind === "text" ? piece.text : piece.token)).join("");
}
