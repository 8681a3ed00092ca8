/** An answer as a page: what was asked and shown, the thoughts folded, the words as they come, what it cost. Pure. */

import type { ChatError, ChatPlace } from "../../server/protocol/chat.ts";
import type { Translate } from "../translate.ts";
import type { Finding, PageBlock, PageButton, PageView } from "../webview/page-view.ts";
import { type Answer, secondsOfThought } from "./answer.ts";
import { passagesOf } from "./passages.ts";

export const answerButtons = {
  stop: "stop",
  again: "again",
  other: "other",
  copy: "copy",
  trust: "trust",
} as const;

/** `now`: in milliseconds. */
export function answerView(answer: Answer, now: number, t: Translate): PageView {
  const { question, sources, text, result } = answer;
  const running = result === undefined;
  const passages = passagesOf(text, { growing: running });
  return {
    title: t("Hearth's Answer"),
    lead: [],
    busy: running ? busyWith(answer, t) : "",
    buttons: running
      ? [{ id: answerButtons.stop, title: t("Stop"), key: "Escape", main: true }]
      : after(answer, t),
    blocks: [
      { kind: "heading", text: question },
      ...(sources.length > 0 ? [chips(sources, t)] : []),
      ...thoughts(answer, now, t),
      { kind: "speech", label: t("Answer"), passages },
      ...notes(answer, t).map((note): PageBlock => ({ kind: "text", text: note })),
      ...(result?.error ? [failure(result.error, t)] : []),
    ],
  };
}

/** Which of the sources a button opens; undefined for another button. */
export function sourceOf(id: string, { sources }: Answer): ChatPlace | undefined {
  return sources.find((_, index) => id === `source:${index}`);
}

/** What a button mends; undefined for another button. */
export function mendOf(id: string, { result }: Answer) {
  return result?.error?.mendActions.find((_, index) => id === `mend:${index}`);
}

function busyWith({ waits, thought, text }: Answer, t: Translate): string {
  if (text !== "") return t("Answering…");
  if (thought !== "") return t("Thinking…");
  return waits === "" ? t("Waiting for the model…") : waits;
}

function after({ text }: Answer, t: Translate): readonly PageButton[] {
  const copy = text === "" ? [] : [{ id: answerButtons.copy, title: t("Copy the Answer") }];
  return [
    { id: answerButtons.other, title: t("New Question…"), main: true },
    { id: answerButtons.again, title: t("Ask Again") },
    ...copy,
  ];
}

function chips(sources: readonly ChatPlace[], t: Translate): PageBlock {
  const buttons = sources.map(
    ({ path, startLine, endLine }, index): PageButton => ({
      id: `source:${index}`,
      title: `${path}:${startLine}-${endLine}`,
      label: t("Open {0}, lines {1} to {2}", path, startLine, endLine),
    }),
  );
  return { kind: "chips", label: t("With the question:"), buttons };
}

function thoughts(answer: Answer, now: number, t: Translate): readonly PageBlock[] {
  const seconds = secondsOfThought(answer, now);
  if (seconds === undefined) return [];
  const { thought, ended, end } = answer;
  const tokens = end?.usage.reasoning ?? 0;
  const done =
    tokens > 0 ? t("Thought for {0} s · {1} tokens", seconds, tokens) : t("Thought for {0} s", seconds);
  const title = ended === undefined ? t("Has thought for {0} s so far", seconds) : done;
  return [{ kind: "fold", key: "thought", title, blocks: [{ kind: "prose", text: thought.trim() }] }];
}

function notes({ text, restarted, end, result }: Answer, t: Translate): readonly string[] {
  const said: string[] = [];
  if (restarted) said.push(t("The answer went round in circles. It is written again."));
  if (result?.outcome === "cancelled") said.push(t("Stopped."));
  if (result?.outcome === "answered" && text.trim() === "")
    said.push(t("The model ended without an answer."));
  if (end?.reason === "length") said.push(t("The answer was cut: it has as many tokens as it may."));
  for (const { path, startLine, endLine } of end?.dropped ?? [])
    said.push(t("There was no room for {0}, lines {1} to {2}.", path, startLine, endLine));
  if (end) said.push(cost(end.usage, result?.model ?? "", t));
  return said;
}

interface Usage {
  readonly prompt: number;
  readonly cached: number;
  readonly reasoning: number;
  readonly generated: number;
}

function cost({ prompt, cached, reasoning, generated }: Usage, model: string, t: Translate): string {
  const read =
    cached > 0 ? t("{0} tokens read ({1} of them before)", prompt, cached) : t("{0} tokens read", prompt);
  const thought = reasoning > 0 ? [t("{0} for thinking", reasoning)] : [];
  const written = t("{0} written", Math.max(0, generated - reasoning));
  return [...(model === "" ? [] : [model]), read, ...thought, written].join(" · ");
}

function failure({ code, message, mend, mendActions }: ChatError, t: Translate): Finding {
  const trust = code === "untrusted" ? [{ id: answerButtons.trust, title: t("Manage Workspace Trust") }] : [];
  return {
    kind: "finding",
    key: "failure",
    state: "fail",
    stateWords: t("Does not work"),
    name: t("No answer"),
    title: message,
    lines: mend === "" ? [] : [mend],
    buttons: [...mendActions.map(({ title }, index) => ({ id: `mend:${index}`, title })), ...trust],
  };
}
