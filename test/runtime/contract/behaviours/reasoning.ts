/** Reasoning and answer are told apart, and thinking keeps to its tokens. */

import assert from "node:assert/strict";
import { type Behaviour, chat } from "../behaviour.ts";
import { answerText } from "../models.ts";

export const reasoning: readonly Behaviour[] = [
  {
    name: "tells reasoning and answer apart, without the tags",
    model: "scripted",
    check: async (subject) => {
      const answer = await chat(subject);
      assert.equal(answer.reasoning.trim(), "plan the plan");
      assert.equal(answer.text, answerText);
      assert.equal(answer.end.reason, "stop");
    },
  },
  {
    name: "counts the tokens of the reasoning",
    model: "scripted",
    check: async (subject) => {
      const { usage } = (await chat(subject)).end;
      assert.ok(usage.reasoning >= 3, `${usage.reasoning} of reasoning`);
      assert.ok(usage.reasoning < usage.generated, `${usage.reasoning} of ${usage.generated}`);
    },
  },
  {
    name: "leaves the reasoning out when asked to",
    model: "scripted",
    check: async (subject) => {
      const answer = await chat(subject, { thinkingTokens: 0 });
      assert.deepEqual([answer.text, answer.reasoning], [answerText, ""]);
      assert.equal(answer.end.usage.reasoning, 0);
    },
  },
  {
    name: "ends reasoning that exceeds its tokens, and goes on to the answer",
    model: "scripted",
    check: async (subject) => {
      const answer = await chat(subject, { thinkingTokens: 1 });
      assert.ok(answer.reasoning.trim().length < "plan the plan".length, answer.reasoning);
      assert.equal(answer.text, answerText);
    },
  },
  {
    name: "goes on with a conversation, without its earlier thoughts",
    model: "scripted",
    check: async (subject) => {
      const answerOf = (said: string) =>
        chat(subject, {
          messages: [
            { role: "user", text: "One" },
            { role: "assistant", text: said },
            { role: "user", text: "Two" },
          ],
        });
      const thought = await answerOf("<think>long and winding</think>Yes");
      const plain = await answerOf("Yes");
      assert.equal(thought.text, answerText);
      assert.equal(thought.end.usage.prompt, plain.end.usage.prompt);
    },
  },
];
