/** A plan on a terminal, in both languages, and the amounts of memory that a person may type. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { english } from "../../../server/base/l10n.ts";
import { readLocalizer } from "../../../server/base/read-localizer.ts";
import { noPaint } from "../../../server/cli/paint.ts";
import { parseSize } from "../../../server/cli/plan-flags.ts";
import { planText } from "../../../server/cli/plan-text.ts";
import { textWidth } from "../../../server/cli/visible-text.ts";
import { wordsFolder } from "../../../server/entries.ts";
import type { Hardware } from "../../../server/model/plan/hardware.ts";
import { makePlan } from "../../../server/model/plan/make-plan.ts";
import { planResult } from "../../../server/model/plan/plan-result.ts";
import { machine } from "../../support/machines.ts";

const chinese = readLocalizer("zh-cn", wordsFolder());
const machines = [
  machine(8),
  machine(16, { cores: 4 }),
  machine(16, { vramBytes: 4 * 1024 ** 3 }),
  machine(64, { gpu: "RTX 4090" }),
  machine(16, { gpu: "M2" }),
  machine(512, { gpu: "A100", gpus: 2 }),
  machine(1024, { gpu: "H100", gpus: 8 }),
  machine(8, { gpu: "Raspberry Pi 5" }),
  machine(0.5),
];

describe("the lines of a plan", () => {
  for (const localizer of [english, chinese]) {
    it(`are no wider than the terminal, in ${localizer.language}`, () => {
      for (const hardware of machines) {
        const result = planResult(makePlan(hardware), localizer);
        for (const line of planText(result, { localizer, columns: 80, paint: noPaint }).split("\n")) {
          assert.ok(textWidth(line) <= 80, line);
        }
      }
    });
  }

  it("say what is loaded, what it takes and why", () => {
    const result = planResult(makePlan(machine(8, { gpu: "Raspberry Pi 5", cores: 4 })), english);
    assert.equal(
      planText(result, { localizer: english, columns: 80, paint: noPaint }),
      `machine     no GPU, 8.0 GiB of memory, 4 cores
completion  Qwen2.5-Coder-0.5B Q4_K_M (Apache-2.0)
            0.6 GiB: weights 0.4 GiB, keys and values 0.02 GiB, the rest 0.3 GiB
            context of 2,048 tokens, about 26 tokens a second
reasoning   none
because     - A board like this needs its memory for itself: the plan stays
              below 1 GB.
            - Qwen2.5-Coder-0.5B completes. Its 0.6 GiB are set aside first:
              ghost text is wanted at every pause.
            - No R1 fits beside it.
            - Flash attention is off: on a processor it makes short steps slow.
            - No embedding model is planned: search goes by words and symbols.
too large   - qwen2.5-coder-0.5b + deepseek-r1-distill-qwen-1.5b: 1.2 GiB of
              memory are missing.
            - qwen2.5-coder-0.5b + deepseek-r1-distill-qwen-7b: 4.8 GiB of
              memory are missing.
fetch       - hearth models pull qwen2.5-coder-0.5b:Q4_K_M (392 MB)
              or, as Ollama has it: ollama pull qwen2.5-coder:0.5b-base`,
    );
  });

  const linesOf = (hardware: Hardware) =>
    planText(planResult(makePlan(hardware), english), { localizer: english, columns: 200, paint: noPaint });

  it("keep apart what fits too, what is too large and what is too slow", () => {
    const wide = linesOf(machine(64, { cores: 8 }));
    assert.match(wide, /^instead {5}- qwen2\.5-coder-1\.5b \+ \S+: It fits too/m);
    assert.match(wide, /^too slow {4}- .* would write .* tokens a second here\.$/m);
    const small = linesOf(machine(0.5));
    assert.match(small, /^too large {3}- qwen2\.5-coder-0\.5b: .* missing\.$/m);
    assert.ok(!small.includes("instead"));
  });

  it("say how to fetch what is planned, and what nobody publishes", () => {
    assert.match(
      linesOf(machine(64, { gpu: "RTX 4090" })),
      /- hearth models pull deepseek-r1-distill-qwen-32b:Q4_K_M \(19\.9 GB\)\n +or, as Ollama has it: ollama pull deepseek-r1:32b$/,
    );
    assert.match(
      linesOf(machine(1024, { gpu: "H100", gpus: 8 })),
      /- Hearth knows no file of DeepSeek-R1 to fetch\.\n +or, as Ollama has it: ollama pull deepseek-r1:671b$/,
    );
  });

  it("say of a bandwidth that nobody knows that it is assumed", () => {
    const unknown = { gpu: "Voodoo 9", vramBytes: 24 * 1024 ** 3 };
    assert.match(linesOf(machine(16, unknown)), /^machine .*Voodoo 9 \(24\.0 GiB, 200 GB\/s assumed\)/);
    assert.match(linesOf(machine(16, unknown)), /200 GB\/s are assumed, and all speeds come from that/);
    assert.ok(!linesOf(machine(16, { ...unknown, bandwidth: 500e9 })).includes("assumed, and"));
  });

  it("promise no speed that bandwidth alone would give", () =>
    assert.match(linesOf(machine(16, { gpu: "RTX 4090" })), /more than 100 tokens a second/));

  it("count one core as one", () => assert.match(linesOf(machine(16, { cores: 1 })), /, 1 core\n/));

  it("say what tokens cost, and with what that was reckoned", () => {
    const prices = { api: 3, watts: 400 };
    const { cost } = planResult(makePlan(machine(64, { gpu: "RTX 4090" })), english, prices);
    assert.deepEqual(cost?.because, [
      "A million tokens of DeepSeek-R1-Distill-Qwen-32B cost about $6.10: $1.10 of electricity and $5.01 of hardware.",
      "The API with which you compare asks $3.00.",
      "Assumed unless you set it: 400 W while it writes, $0.30 a kWh, $1,599.00 for 1 × RTX 4090 at its first price, written off over 4 years at 2 hours of writing a day.",
    ]);
  });

  it("are in Chinese throughout", () => {
    for (const hardware of machines) {
      const { because, alternatives } = planResult(makePlan(hardware), chinese);
      for (const sentence of [...because, ...alternatives.map(({ why }) => why)])
        assert.match(sentence, /[一-鿿]/);
    }
  });
});

describe("an amount of memory", () => {
  const gib = 1024 ** 3;
  const check = (input: string, bytes: number) =>
    it(`may be ${input}`, () => assert.equal(parseSize(input, english.t), bytes));
  check("24GiB", 24 * gib);
  check("24 GB", 24 * gib);
  check("24g", 24 * gib);
  check("24", 24 * gib);
  check("1.5TiB", 1536 * gib);
  check("512MiB", gib / 2);
  for (const input of ["", "much", "-1GiB", "0", "24XB", "1e99"]) {
    it(`may not be "${input}"`, () => assert.throws(() => parseSize(input, english.t), SyntaxError));
  }
});
