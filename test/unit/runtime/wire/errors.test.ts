/** What crosses a process boundary of an error: enough to say it in another language. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import * as v from "valibot";
import { ResponseError } from "vscode-jsonrpc/node";
import { RuntimeError } from "../../../../server/model/runtime-error.ts";
import { fromWire, toResponseError } from "../../../../server/runtime/wire/errors.ts";

const lost = (cause: unknown) => new RuntimeError("runtime-crashed", "Gone.", { cause });

/** As the other end gets it. */
function sent(thrown: unknown): RuntimeError {
  const { code, message, data } = toResponseError(thrown);
  return fromWire(new ResponseError(code, message, JSON.parse(JSON.stringify(data))), lost);
}

describe("an error on the wire", () => {
  it("keeps its sentence and its values apart", () => {
    const { code, sentence, values, message } = sent(
      new RuntimeError("context-overflow", "The prompt has {0} tokens, the model's context holds {1}.", {
        values: [900, 512],
      }),
    );
    assert.deepEqual(
      [code, sentence, values],
      ["context-overflow", "The prompt has {0} tokens, the model's context holds {1}.", [900, 512]],
    );
    assert.equal(message, "The prompt has 900 tokens, the model's context holds 512.");
  });

  it("hands on what is not ours as it is, even with {0} in it", () => {
    assert.equal(sent(new TypeError("no {0}")).message, "no {0}");
    assert.equal(sent("text").code, "internal");
  });

  it("keeps a mend of its own", () => {
    const mend = "Set a to {0}.";
    assert.equal(sent(new RuntimeError("refused", "No.", { values: ["b"], mend })).mend, mend);
    assert.equal(sent(new RuntimeError("refused", "No.")).mend, undefined);
  });

  it("is one bad answer where that has another form, and no lost connection", () => {
    const parsed = () => v.parse(v.object({ info: v.object({ contextTokens: v.number() }) }), { info: {} });
    let thrown: unknown;
    try {
      parsed();
    } catch (error) {
      thrown = error;
    }
    const { code, message } = fromWire(thrown, lost);
    assert.equal(code, "internal");
    assert.equal(message, "The runtime host answers what cannot be read: info.contextTokens.");
  });

  it("is a lost connection when it is no answer", () => {
    assert.equal(fromWire(new Error("closed"), lost).code, "runtime-crashed");
  });
});
