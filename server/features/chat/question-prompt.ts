/**
 * One message that holds a question and the texts beside it, cut to what there is room for. Secrets in the texts
 * are masked, and characters that nobody sees are left out.
 */

import { RuntimeError } from "../../model/runtime-error.ts";
import { hiddenCharacters } from "../../security/hidden-characters.ts";
import { maskCode, maskSecrets } from "../../security/mask-secrets.ts";

/** Lines of a file; both numbers count from 1, and both lines belong to it. */
export interface Source {
  readonly path: string;
  /** Where whoever asked finds it again. */
  readonly uri?: string;
  readonly startLine: number;
  readonly endLine: number;
  /** The lines, joined by line feeds. */
  readonly text: string;
}

export interface QuestionPrompt {
  readonly message: string;
  /** What is shown of each text that has room. */
  readonly sources: readonly Source[];
  /** What had none, or had it for its first lines only. */
  readonly dropped: readonly Source[];
}

export interface QuestionRequest {
  readonly question: string;
  readonly sources: readonly Source[];
  /** Tokens that the message may have. */
  readonly budget: number;
  readonly count: (text: string) => Promise<number>;
}

/** Rejects with `context-overflow` where the question alone has no room. The texts come in their order. */
export async function questionPrompt(request: QuestionRequest): Promise<QuestionPrompt> {
  const { budget, count } = request;
  const question = cleaned(request.question);
  let left = budget - (await count(question));
  if (left < 0)
    throw new RuntimeError("context-overflow", "The question has {0} tokens; there is room for {1}.", {
      values: [budget - left, budget],
    });
  const shown: Source[] = [];
  const dropped: Source[] = [];
  const blocks: string[] = [];
  for (const source of request.sources) {
    const clean = { ...source, text: cleaned(source.text) };
    const lines = await linesThatFit(clean, left, count);
    const part = firstLines(clean, lines);
    if (lines > 0) {
      const block = blockOf(part);
      left -= await count(block);
      shown.push(part);
      blocks.push(block);
    }
    if (part.endLine < source.endLine) dropped.push({ ...source, startLine: part.endLine + 1, text: "" });
  }
  return { message: blocks.join("") + question, sources: shown, dropped };
}

/** By halving: so many counts as the number of lines has digits in base two. */
async function linesThatFit(source: Source, room: number, count: QuestionRequest["count"]): Promise<number> {
  const fits = async (lines: number) => (await count(blockOf(firstLines(source, lines)))) <= room;
  let most = linesWithin(source.text, room * mostCharactersPerToken);
  if (await fits(most)) return most;
  let least = 0;
  while (most - least > 1) {
    const middle = Math.floor((least + most) / 2);
    if (await fits(middle)) least = middle;
    else most = middle;
  }
  return least;
}

/** On average over a text: what has more is too long without a look by the tokenizer. */
const mostCharactersPerToken = 64;

/** Lines up to the one in which the characters end; all of them where they do not. */
function linesWithin(text: string, characters: number): number {
  return text.slice(0, Math.max(0, characters)).split("\n").length;
}

function firstLines(source: Source, lines: number): Source {
  const text = source.text.split("\n").slice(0, lines).join("\n");
  return { ...source, endLine: source.startLine + lines - 1, text };
}

/** The fence is longer than any in the text, which so cannot end it. */
function blockOf({ path, startLine, endLine, text }: Source): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, ticks) => Math.max(most, ticks.length), 2);
  const fence = "`".repeat(longest + 1);
  return `${cleaned(path).replaceAll("\n", " ")}, lines ${startLine} to ${endLine}:\n${fence}\n${text}\n${fence}\n\n`;
}

const allHidden = new RegExp(hiddenCharacters, "gu");
const masks = new RegExp(`${String.fromCharCode(maskCode)}+`, "g");

/** As many lines as before, also where a secret reaches over several. */
function cleaned(text: string): string {
  const masked = maskSecrets(text);
  const kept = masked === text ? text : text.replace(/[^\n]/g, (_, at: number) => masked.charAt(at));
  return kept.replace(masks, "[masked]").replace(allHidden, "");
}
