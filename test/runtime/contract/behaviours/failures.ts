/** What cannot be done is refused with one code, and what breaks is said and mended. */

import assert from "node:assert/strict";
import { control, text } from "../../../../server/model/prompt.ts";
import { RuntimeError } from "../../../../server/model/runtime-error.ts";
import { complete, never } from "../../../support/host-fixture.ts";
import { type Behaviour, chat, chatRequest, infill } from "../behaviour.ts";
import { answerText, infillText } from "../models.ts";

export const failures: readonly Behaviour[] = [
  {
    name: "refuses control tokens that the model does not have",
    model: "scripted",
    check: async (subject) => {
      const prompt = [control("<fim_prefix>"), text("a")];
      await assert.rejects(infill(subject, { prompt }), { code: "capability-missing" });
    },
  },
  {
    name: "refuses a prompt longer than the context, with how long it is",
    model: "scripted",
    check: async (subject) => {
      await assert.rejects(complete(subject.runtime, "x".repeat(5000)), tooLong);
      assert.equal((await infill(subject)).text, infillText);
    },
  },
  {
    name: "refuses a chat longer than the context, with how long it is",
    model: "scripted",
    check: async (subject) => {
      const messages = [{ role: "user", text: "x".repeat(5000) }] as const;
      await assert.rejects(chat(subject, { messages }), tooLong);
      assert.equal((await chat(subject)).text, answerText);
    },
  },
  {
    name: "ends an answer with length where the context ends",
    model: "bytes",
    check: async (subject) => {
      const answer = await complete(subject.runtime, "x".repeat(4096 - 8));
      assert.equal(answer.end.reason, "length");
    },
  },
  {
    name: "says that a model is not there, and names each that is once",
    model: "scripted",
    check: async ({ client, started }) => {
      await assert.rejects(client.open(started.absent, never), notFound);
    },
  },
  {
    name: "says that a model which was started to generate cannot embed",
    model: "scripted",
    check: async ({ runtime }) => {
      const embedding = runtime.embed({ texts: ["a"], priority: "background" }, never);
      await assert.rejects(embedding, { code: "capability-missing" });
    },
  },
  {
    name: "fails what it was doing when it is killed, with runtime-crashed",
    model: "slow",
    own: "runtime",
    check: async ({ runtime, started }) => {
      const seen: string[] = [];
      const reading = async () => {
        for await (const part of runtime.chat(chatRequest({ maxTokens: 1000 }), never)) {
          seen.push(part.kind);
          if (seen.length === 2) await started.kill();
        }
      };
      await assert.rejects(reading(), { code: "runtime-crashed" });
      assert.ok(!seen.includes("stream-end"), "it never seemed whole");
    },
  },
];

function notFound(error: unknown): true {
  assert.ok(error instanceof RuntimeError);
  assert.equal(error.code, "model-not-found");
  const named = error.message.match(/scripted-[\w.-]*\w/g) ?? [];
  assert.equal(new Set(named).size, named.length, error.message);
  return true;
}

function tooLong(error: unknown): true {
  assert.ok(error instanceof RuntimeError);
  assert.equal(error.code, "context-overflow");
  assert.match(error.message, /50\d\d/);
  return true;
}
