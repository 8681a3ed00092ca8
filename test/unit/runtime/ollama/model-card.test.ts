/** The recommendation of a model in Ollama, from text as `/api/show` writes it. */

import assert from "node:assert/strict";
import { modelCard } from "../../../../server/runtime/ollama/model-card.ts";

const parameters = `stop                           "<｜User｜>"
temperature                    0.6
top_p                          0.95
num_ctx                        8192`;

describe("the card of a model in Ollama", () => {
  it("is its parameters there", () =>
    assert.deepEqual(modelCard({ parameters, model_info: {} }), { temperature: 0.6, topP: 0.95 }));
  it("is what its file says where they say nothing", () => {
    const model_info = { "general.sampling.temp": 0.7, "general.sampling.top_k": 20 };
    assert.deepEqual(modelCard({ parameters, model_info }), { temperature: 0.6, topP: 0.95, topK: 20 });
    assert.deepEqual(modelCard({ parameters: "", model_info }), { temperature: 0.7, topK: 20 });
  });
  it("leaves out what makes no sense", () =>
    assert.deepEqual(modelCard({ parameters: "temperature hot\ntop_k -1\nmin_p 0.05", model_info: {} }), {
      minP: 0.05,
    }));
});
