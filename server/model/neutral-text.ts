/**
 * Text for runtimes that tokenise a prompt as one string and would read the control tokens that it spells.
 *
 * Invariant: the text that comes out spells none, and everything else in it is as it was. A visible space
 * breaks each one, since a hidden character could come back in an answer and nobody would see it.
 */

import { type FimFamilyId, fimFamilies, fimStops } from "./fim.ts";
import type { PromptPiece } from "./prompt.ts";

/** What no program text means to say: the tokens of templates, whoever's they are. */
const anyTemplate = /<(?=\|[^|\s<>]{1,64}\|>|｜[^｜\s<>]{1,64}｜>|\[[^\]\s<>]{1,64}\]>)|\[(?=\/?INST\])/gu;

/** `tokens`: the control tokens of the model that could be plain text elsewhere, such as `</s>`. */
export function neutralText(text: string, tokens: readonly string[] = []): string {
  let neutral = text.replace(anyTemplate, "$& ");
  for (const token of tokens) neutral = neutral.replaceAll(token, `${token.slice(0, 1)} ${token.slice(1)}`);
  return neutral;
}

/** The prompt as one string in which nothing is a control token but its `control` pieces. */
export function neutralPrompt(pieces: readonly PromptPiece[], tokens: readonly string[]): string {
  const joined: string[] = [];
  // Pieces of text that stand together could spell a token only together.
  let plain = "";
  for (const piece of pieces) {
    if (piece.kind === "text") plain += piece.text;
    else {
      joined.push(neutralText(plain, tokens), piece.token);
      plain = "";
    }
  }
  return [...joined, neutralText(plain, tokens)].join("");
}

/** The control tokens of a family, and those that begin a prompt of models whose answers end with `</s>`. */
export function familyTokens(id: FimFamilyId | undefined): readonly string[] {
  if (id === undefined) return [];
  const tokens = fimStops(fimFamilies[id]);
  return tokens.includes("</s>") ? [...tokens, "<s>"] : tokens;
}
