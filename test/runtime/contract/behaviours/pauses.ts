/** A completion does not wait for a chat, and a chat that was paused for one is the same as one that was not. */

import assert from "node:assert/strict";
import type { ChatRequest, StreamPart } from "../../../../server/model/model-runtime.ts";
import { collect, never } from "../../../support/host-fixture.ts";
import { type Behaviour, chat, chatRequest, infill, type Subject } from "../behaviour.ts";
import { answerLetters, thoughtLetters } from "../models.ts";

export const pauses: readonly Behaviour[] = [
  {
    name: "completes before a chat that has begun to answer, which then goes on",
    model: "letters",
    check: async (subject) => {
      const { paused, endedFirst } = await pausedAlike(subject, {}, [thoughtLetters[2], answerLetters[9]]);
      assert.deepEqual([paused.reasoning.trim(), paused.text], [thoughtLetters, answerLetters]);
      assert.equal(endedFirst[0], "completion");
    },
  },
  {
    name: "keeps to the tokens that were asked for when completions come between",
    model: "letters",
    check: async (subject) => {
      const { paused } = await pausedAlike(subject, { maxTokens: 40 }, [thoughtLetters[2], answerLetters[2]]);
      const { end } = paused;
      assert.deepEqual([end.reason, end.usage.generated], ["length", 40]);
    },
  },
  {
    name: "ends a thought that exceeds its tokens when a completion comes between",
    model: "letters",
    check: async (subject) => {
      const { paused } = await pausedAlike(subject, { thinkingTokens: 16 }, [thoughtLetters[2]]);
      const { reasoning } = paused;
      assert.ok(reasoning.trim().length < 24, reasoning);
    },
  },
  {
    name: "finds a string to stop at when a completion comes within it",
    model: "letters",
    check: async (subject) => {
      const { paused } = await pausedAlike(subject, { stop: ["nopqrstuvwxyz0123"] }, [answerLetters[11]]);
      assert.deepEqual([paused.text, paused.end.reason], ["abcdefghijklm", "stop"]);
    },
  },
];

/** Asks the same twice, the second time with a completion at each of these letters. */
async function pausedAlike(
  subject: Subject,
  request: Partial<ChatRequest>,
  at: readonly (string | undefined)[],
) {
  const whole = await chat(subject, request);
  const letters = [...at];
  const completions: Promise<void>[] = [];
  const endedFirst: string[] = [];
  const complete = async () => {
    const { end } = await infill(subject, { maxTokens: 3 });
    endedFirst.push("completion");
    assert.deepEqual([end.reason, end.usage.generated], ["length", 3]);
  };
  async function* watched(): AsyncGenerator<StreamPart> {
    for await (const part of subject.runtime.chat(chatRequest(request), never)) {
      yield part;
      if (part.kind === "stream-end") endedFirst.push("chat");
      else if ("text" in part && letters[0] !== undefined && part.text.includes(letters[0])) {
        letters.shift();
        completions.push(complete());
      }
    }
  }
  const paused = await collect(watched());
  await Promise.all(completions);
  assert.equal(completions.length, at.length);
  assert.deepEqual([paused.reasoning, paused.text], [whole.reasoning, whole.text]);
  const counts = ({ end: { reason, usage } }: typeof whole) => ({ reason, ...usage, cached: 0 });
  assert.deepEqual(counts(paused), counts(whole));
  return { paused, endedFirst };
}
