/** An abort reaches the runtime, on its own account of what it computes, and leaves nothing behind. */

import assert from "node:assert/strict";
import type { StreamPart } from "../../../../server/model/model-runtime.ts";
import { type Collected, collect, complete, fim, greedy, never } from "../../../support/host-fixture.ts";
import { type Behaviour, chat, chatRequest, infill, type Subject } from "../behaviour.ts";
import { words } from "../models.ts";

/** What may be computed for nobody before the first token. */
const mostForNobody = 512;
const longPrompt = 3500;

export const aborts: readonly Behaviour[] = [
  {
    name: "ends at once when it was aborted before it began",
    model: "scripted",
    check: async (subject) => {
      for (const ask of [infill, chat]) {
        const { end, text } = await ask(subject, {}, AbortSignal.abort());
        assert.deepEqual([end.reason, text, end.usage.generated], ["aborted", "", 0]);
      }
    },
  },
  {
    name: "refuses to embed and to warm when it was aborted before, with the signal's reason",
    model: "scripted",
    check: async ({ runtime }) => {
      const aborted = AbortSignal.abort();
      const embedding = runtime.embed({ texts: ["a"], priority: "background" }, aborted);
      await assert.rejects(embedding, { name: "AbortError" });
    },
  },
  {
    name: "ends an infill that streams: the runtime stops too",
    model: "slow",
    check: (subject) =>
      endsWhileStreaming(subject, (signal) =>
        subject.runtime.infill(
          { prompt: fim("a"), maxTokens: 1000, stop: [], sampling: greedy, priority: "completion" },
          signal,
        ),
      ),
  },
  {
    name: "ends a chat that streams: the runtime stops too",
    model: "slow",
    check: (subject) =>
      endsWhileStreaming(subject, (signal) => subject.runtime.chat(chatRequest({ maxTokens: 1000 }), signal)),
  },
  {
    name: `ends an infill before its first token, with ${mostForNobody} tokens for nobody at most`,
    model: "slow",
    check: (subject) =>
      endsInPrefill(subject, (signal) => complete(subject.runtime, "a".repeat(longPrompt), signal)),
  },
  {
    name: `ends a chat before its first token, with ${mostForNobody} tokens for nobody at most`,
    model: "slow",
    check: (subject) =>
      endsInPrefill(subject, (signal) => {
        const messages = [{ role: "user", text: "b".repeat(longPrompt) }] as const;
        return collect(subject.runtime.chat(chatRequest({ messages }), signal));
      }),
  },
  {
    name: "ends a warming, with 512 tokens for nobody at most",
    model: "slow",
    check: async (subject) => {
      const { runtime } = subject;
      const prompt = fim("c".repeat(longPrompt));
      await endsEarly(subject, (signal) =>
        runtime.warm({ prompt, priority: "completion" }, signal).catch((error: unknown) => {
          assert.ok(signal.aborted, String(error));
        }),
      );
    },
  },
  {
    name: "goes on with the next when one of several is aborted",
    model: "slow",
    check: async (subject) => {
      const controller = new AbortController();
      const ask = (text: string, signal: AbortSignal) =>
        chat(subject, { messages: [{ role: "user", text }], maxTokens: 20 }, signal);
      const all = [ask("one", never), ask("two", controller.signal), ask("three", never)];
      controller.abort();
      const ends = (await Promise.all(all)).map(({ end }) => end.reason);
      assert.deepEqual(ends, ["length", "aborted", "length"]);
    },
  },
  {
    name: "stops when nobody reads its stream any more",
    model: "slow",
    check: async (subject) => {
      const { runtime, started } = subject;
      const before = await started.computed();
      for await (const part of runtime.chat(chatRequest({ maxTokens: 1000 }), never)) {
        if (part.kind === "reasoning-delta") break;
      }
      await started.idle();
      const { generated } = await started.computed();
      assert.ok(generated - before.generated < 100, `${generated - before.generated} generated`);
    },
  },
];

type Open = (signal: AbortSignal) => AsyncIterable<StreamPart>;

async function endsWhileStreaming(subject: Subject, open: Open): Promise<void> {
  const { started } = subject;
  const before = await started.computed();
  const controller = new AbortController();
  const parts: StreamPart[] = [];
  for await (const part of open(controller.signal)) {
    parts.push(part);
    if (parts.length === 4) controller.abort();
  }
  await started.idle();
  const { generated } = await started.computed();
  const end = parts.at(-1);
  assert.ok(end?.kind === "stream-end", "it has an end");
  assert.equal(end.reason, "aborted");
  assert.ok(end.usage.generated > 0 && end.usage.generated < 100, `said to be ${end.usage.generated}`);
  const whole = words.split(" ").length;
  assert.ok(generated - before.generated < whole - 20, `${generated - before.generated} generated`);
  const again = await infill(subject, { maxTokens: 3 });
  assert.equal(again.text, "w0 w1 w2");
}

async function endsInPrefill(
  subject: Subject,
  ask: (signal: AbortSignal) => Promise<Collected>,
): Promise<void> {
  const { end, text } = await endsEarly(subject, ask);
  assert.deepEqual([end.reason, text, end.usage.generated], ["aborted", "", 0]);
}

/** Aborts when the runtime has begun to compute, and counts what it computes from then on. */
async function endsEarly<T>({ started }: Subject, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  await started.idle();
  const before = await started.computed();
  const controller = new AbortController();
  const asked = ask(controller.signal);
  let at = before;
  while (at.prompt === before.prompt) at = await started.computed();
  controller.abort();
  const result = await asked;
  await started.idle();
  const computed = (await started.computed()).prompt;
  assert.ok(computed - at.prompt <= mostForNobody, `${computed - at.prompt} computed for nobody`);
  assert.ok(computed - before.prompt < longPrompt, `${computed - before.prompt} computed`);
  return result;
}
