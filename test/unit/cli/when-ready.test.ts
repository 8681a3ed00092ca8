/** What a shell is told while a model loads: each step down once, and how it is loaded in the end. */

import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { english } from "../../../server/base/l10n.ts";
import type { CliContext, CliStatus } from "../../../server/cli/cli-context.ts";
import { whenReady } from "../../../server/cli/when-ready.ts";
import type { BoundModel } from "../../../server/features/completion/completion-model.ts";
import { toReduction } from "../../../server/model/model-info.ts";
import { RuntimeError } from "../../../server/model/runtime-error.ts";
import { never } from "../../support/host-fixture.ts";

const full = new RuntimeError("out-of-memory", "{0} says: {1}", { values: ["llama.cpp", "no memory"] });
const again = new RuntimeError("out-of-memory", "{0} once more.", { values: ["qwen"] });
const half = new RuntimeError("out-of-memory", "{0} gets less.", { values: ["qwen"] });
const loading = { kind: "loading", name: "qwen" } as const;
const info = { runtime: "embedded", name: "qwen", contextTokens: 2048, reasons: false } as const;
const ready = {
  kind: "ready",
  model: { info: { ...info, reduced: toReduction(half) } } as unknown as BoundModel,
};

describe("a shell that waits for a model", () => {
  async function check(models: readonly CliStatus["model"][], expected: string): Promise<void> {
    let model: CliStatus["model"] = loading;
    const changed = new EventTarget();
    const stderr = new PassThrough();
    const services = {
      statusFacts: () => ({ model, reading: undefined }) as CliStatus,
      settled: () => {
        for (const next of models) {
          model = next;
          changed.dispatchEvent(new Event("status"));
        }
        return Promise.resolve();
      },
    };
    const context = { localizer: english, process: { stderr } } as unknown as CliContext;
    await whenReady({ services, changed, context }, never);
    assert.equal(String(stderr.read() ?? ""), expected);
  }

  const stepped = (said: RuntimeError) => ({ ...loading, step: { said, reason: full } });

  it("hears each step down once, with its reason", () =>
    check(
      [loading, stepped(again), stepped(again), stepped(half), loading, ready as CliStatus["model"]],
      "qwen once more. llama.cpp says: no memory\nqwen gets less. llama.cpp says: no memory\n",
    ));
  it("hears how a model is loaded that others have loaded", () =>
    check([ready as CliStatus["model"]], "qwen gets less.\n"));
  it("hears nothing of one that memory holds", () => check([loading], ""));
});
