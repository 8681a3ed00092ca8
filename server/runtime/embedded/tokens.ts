/** Prompt pieces as tokens: control tokens by name, text always as the plain characters it is. */

import type { LlamaModel, Token } from "node-llama-cpp";
import type { PromptPiece } from "../../model/prompt.ts";
import { RuntimeError } from "../../model/runtime-error.ts";

type Tokenizer = Pick<LlamaModel, "tokenize">;

export function tokenize(model: Tokenizer, pieces: readonly PromptPiece[]): Token[] {
  return pieces.flatMap((piece) =>
    piece.kind === "text" ? model.tokenize(piece.text, false) : controlOf(model, piece.token),
  );
}

/** The id of a control token, when the vocabulary has it as one. */
export function controlId(model: Tokenizer, token: string): Token | undefined {
  const tokens = model.tokenize(token, true);
  return tokens.length === 1 ? tokens[0] : undefined;
}

export function hasControl(model: Tokenizer, token: string): boolean {
  return controlId(model, token) !== undefined;
}

function controlOf(model: Tokenizer, token: string): Token {
  const id = controlId(model, token);
  if (id === undefined) {
    throw new RuntimeError(
      "capability-missing",
      "The model has no token {0}: it cannot be asked in this form.",
      { values: [token] },
    );
  }
  return id;
}
