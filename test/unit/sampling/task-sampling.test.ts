/** Whose word holds on how an answer is drawn, as a table; and what no one can raise. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { type SamplingSetting, samplingTasks } from "../../../server/config/sampling-kind.ts";
import type { CardSampling, Sampling } from "../../../server/model/model-runtime.ts";
import { type SamplingSources, taskSampling } from "../../../server/sampling/task-sampling.ts";

const plain: SamplingSources = { setting: {}, card: {}, reasons: false };
const r1: SamplingSources = { ...plain, reasons: true };
const usual = { topK: 50, topP: 0.92 };

interface Row {
  readonly when: string;
  readonly task: (typeof samplingTasks)[number];
  readonly sources: SamplingSources;
  readonly expected: Sampling;
}

const rows: readonly Row[] = [
  { when: "completes", task: "completion", sources: plain, expected: { temperature: 0 } },
  { when: "repairs", task: "repair", sources: plain, expected: { ...usual, temperature: 0.2 } },
  { when: "refactors", task: "refactor", sources: plain, expected: { ...usual, temperature: 0.3 } },
  { when: "does sums", task: "logic", sources: plain, expected: { ...usual, temperature: 0.2 } },
  { when: "explains", task: "technicalWriting", sources: plain, expected: { ...usual, temperature: 0.4 } },
  { when: "tells", task: "openWriting", sources: plain, expected: { ...usual, temperature: 0.9 } },
  {
    when: "is R1 and repairs",
    task: "repair",
    sources: r1,
    expected: { topK: 50, topP: 0.95, temperature: 0.6 },
  },
  { when: "is R1 and completes", task: "completion", sources: r1, expected: { temperature: 0 } },
  {
    when: "has a card",
    task: "logic",
    sources: { ...plain, card: { temperature: 0.7, topK: 20, repeatPenalty: 1.05 } },
    expected: { temperature: 0.7, topK: 20, topP: 0.92, repeatPenalty: 1.05 },
  },
  {
    when: "has a card too warm for code, and with a penalty on its repetition",
    task: "repair",
    sources: { ...plain, card: { temperature: 0.7, repeatPenalty: 1.1 } },
    expected: { ...usual, temperature: 0.3 },
  },
  {
    when: "has a card and completes: the same place still gives the same text",
    task: "completion",
    sources: { ...plain, card: { temperature: 0.7, topP: 0.8 } },
    expected: { temperature: 0.2, topK: 50, topP: 0.8, seed: 1 },
  },
  {
    when: "is set by the person, over its card",
    task: "completion",
    sources: {
      ...plain,
      card: { temperature: 0.7, minP: 0.1 },
      setting: { completion: { temperature: 0.25, seed: 9, repeatPenalty: 1.1 }, repair: { topK: 3 } },
    },
    expected: { ...usual, temperature: 0.25, seed: 9, minP: 0.1, repeatPenalty: 1.1 },
  },
  {
    when: "is told by the person to be warm in a repair",
    task: "repair",
    sources: { ...plain, setting: { repair: { temperature: 1 } } },
    expected: { ...usual, temperature: 0.3 },
  },
  {
    when: "is R1 and told so",
    task: "repair",
    sources: { ...r1, setting: { repair: { temperature: 0.5, topP: 0.9 } } },
    expected: { topK: 50, topP: 0.9, temperature: 0.5 },
  },
];

describe("sampling by task, when a model", () => {
  for (const { when, task, sources, expected } of rows)
    it(when, () => assert.deepEqual(taskSampling(task, sources), expected));

  it("answers at all: code stays cold, and nothing that is set is lost", () => {
    const sampling: fc.Arbitrary<CardSampling> = fc.record(
      {
        temperature: fc.double({ min: 0, max: 2, noNaN: true }),
        topP: fc.double({ min: 0, max: 1, noNaN: true }),
      },
      { requiredKeys: [] },
    );
    const setting: fc.Arbitrary<SamplingSetting> = fc.record(
      { completion: sampling, repair: sampling, logic: sampling },
      { requiredKeys: [] },
    );
    const sources = fc.record({
      setting,
      card: sampling,
      reasons: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.constantFrom(...samplingTasks), sources, (task, from) => {
        const { temperature, topP } = taskSampling(task, from);
        if (task === "completion" || (task === "repair" && !from.reasons)) assert.ok(temperature <= 0.3);
        else if (from.setting[task]?.temperature !== undefined)
          assert.equal(temperature, from.setting[task].temperature);
        if (temperature > 0) assert.equal(topP, from.setting[task]?.topP ?? from.card.topP ?? topP);
      }),
    );
  });
});
