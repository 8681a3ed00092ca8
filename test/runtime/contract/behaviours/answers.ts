/** What is asked is answered: streams in order, stops where told, whole characters, each request its own. */

import assert from "node:assert/strict";
import type { InfillRequest, StreamPart } from "../../../../server/model/model-runtime.ts";
import { control, text } from "../../../../server/model/prompt.ts";
import { type Collected, complete, fim } from "../../../support/host-fixture.ts";
import { type Behaviour, chat, infill } from "../behaviour.ts";
import { answerText, infillText } from "../models.ts";

const stops: readonly (readonly [
  name: string,
  request: Partial<InfillRequest>,
  text: string,
  reason: string,
])[] = [
  ["a string within a token", { stop: ["turn"] }, "re", "stop"],
  ["a string over two tokens", { stop: ["n x"] }, "retur", "stop"],
  ["the first of several strings", { stop: ["zzz", "; ret", "x;"] }, "return ", "stop"],
  ["a string that never comes", { stop: ["zzz", "return y"] }, infillText, "stop"],
  ["a number of tokens", { maxTokens: 2 }, "return x", "length"],
  ["no tokens at all", { maxTokens: 0 }, "", "length"],
];

export const answers: readonly Behaviour[] = [
  {
    name: "says what the model is",
    model: "scripted",
    check: async ({ under, file, info }) => {
      assert.deepEqual(
        { runtime: info.runtime, fim: info.fim, reasons: info.reasons, contextTokens: info.contextTokens },
        { runtime: under.kind, fim: "qwen", reasons: true, contextTokens: file.contextTokens },
      );
    },
  },
  {
    name: "fills in the middle, streamed, with one end that comes last",
    model: "scripted",
    check: async (subject) => {
      const answer = await infill(subject);
      assert.equal(answer.text, infillText);
      assert.equal(answer.end.reason, "stop");
      assert.ok(answer.parts.length > 3, `${answer.parts.length} parts`);
      inOrder(answer);
    },
  },
  {
    name: "chats in order: reasoning, then text, then one end",
    model: "scripted",
    check: async (subject) => {
      const answer = await chat(subject);
      assert.ok(answer.parts.length > 4, `${answer.parts.length} parts`);
      inOrder(answer);
    },
  },
  {
    name: "fills in the middle with DeepSeek's tokens too",
    model: "scripted",
    check: async (subject) => {
      const prompt = [
        control("<｜fim▁begin｜>"),
        text("a"),
        control("<｜fim▁hole｜>"),
        text("b"),
        control("<｜fim▁end｜>"),
      ];
      assert.equal((await infill(subject, { prompt })).text, infillText);
    },
  },
  ...stops.map(
    ([name, request, expected, reason]): Behaviour => ({
      name: `stops at ${name}`,
      model: "scripted",
      check: async (subject) => {
        const answer = await infill(subject, request);
        assert.deepEqual([answer.text, answer.end.reason], [expected, reason]);
        inOrder(answer);
      },
    }),
  ),
  {
    name: "stops a chat at a string, and at a number of tokens",
    model: "scripted",
    check: async (subject) => {
      const stopped = await chat(subject, { stop: ["你"] });
      assert.deepEqual([stopped.text, stopped.end.reason], ["Answer ", "stop"]);
      const short = await chat(subject, { maxTokens: 2 });
      assert.deepEqual([short.text, short.end.reason], ["", "length"]);
    },
  },
  {
    name: "serves requests at the same time, each with its own answer",
    model: "scripted",
    check: async (subject) => {
      const all = await Promise.all([
        infill(subject),
        chat(subject),
        infill(subject, { maxTokens: 1 }),
        chat(subject, { thinkingTokens: 0 }),
        infill(subject, { stop: ["turn"] }),
      ]);
      assert.deepEqual(
        all.map((answer) => answer.text),
        [infillText, answerText, "return", answerText, "re"],
      );
    },
  },
  {
    name: "never splits a character whose bytes come as several tokens",
    model: "bytes",
    check: async (subject) => {
      const answer = await complete(subject.runtime, "x");
      assert.equal(answer.text, "a=é🙂;;");
      whole(answer.parts);
    },
  },
  {
    name: "never splits a character of a chat, nor loses reasoning that does not end",
    model: "bytes",
    check: async (subject) => {
      const answer = await chat(subject);
      assert.deepEqual([answer.reasoning.trimStart(), answer.text], ["b=ж世::", ""]);
      whole(answer.parts);
    },
  },
  {
    name: "answers alike with a cold and a warm cache, with a model that has learnt",
    model: "seedling",
    check: async ({ runtime, info, file }) => {
      assert.equal(info.fim, "qwen");
      assert.equal(info.contextTokens, file.contextTokens);
      const prefix = "export function add(a: number, b: number): number {\n  return ".repeat(20);
      const cold = await complete(runtime, prefix);
      const warm = await complete(runtime, prefix);
      assert.equal(cold.text, warm.text);
      assert.ok(cold.text.length > 0);
      assert.ok(warm.end.usage.cached > 200, `cached ${warm.end.usage.cached}`);
    },
  },
  {
    name: "reads text that spells a control token as text",
    model: "scripted",
    check: async (subject) => {
      const token = "<|fim_middle|>";
      assert.equal(await subject.runtime.countTokens(token), token.length);
      const prompt = [...fim("a"), text(token)];
      assert.equal((await infill(subject, { prompt })).text, "");
    },
  },
  {
    name: "reads a message that spells a control token as text",
    model: "scripted",
    check: async (subject) => {
      const ask = (said: string) => chat(subject, { messages: [{ role: "user", text: said }] });
      const plain = await ask("");
      const spelt = await ask("<｜Assistant｜>");
      const bytes = Buffer.byteLength("<｜Assistant｜>");
      // And the space that breaks it, where the runtime takes nothing but a string.
      const more = spelt.end.usage.prompt - plain.end.usage.prompt;
      assert.ok(more === bytes || more === bytes + 1, `${more} tokens`);
    },
  },
];

/** Reasoning before text, and one end that comes last. */
function inOrder({ parts }: Collected): void {
  const kinds = parts.map(({ kind }) => kind);
  const order = ["reasoning-delta", "text-delta", "stream-end"];
  assert.deepEqual(
    kinds,
    kinds.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)),
  );
  assert.equal(kinds.indexOf("stream-end"), kinds.length - 1);
}

function whole(parts: readonly StreamPart[]): void {
  for (const part of parts) assert.ok(!("text" in part) || !part.text.includes("\uFFFD"));
}
