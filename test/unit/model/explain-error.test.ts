/** What a person is told of an error: one language, but for the words of other programs. */

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { describe, it } from "mocha";
import { english } from "../../../server/base/l10n.ts";
import { readLocalizer } from "../../../server/base/read-localizer.ts";
import { wordsFolder } from "../../../server/entries.ts";
import { explainError } from "../../../server/model/explain-error.ts";
import { RuntimeError, toRuntimeError } from "../../../server/model/runtime-error.ts";

const chinese = readLocalizer("zh-cn", wordsFolder());

describe("explainError", () => {
  const error = new RuntimeError("model-invalid", "{0} is not a file.", { values: ["/models/a.gguf"] });

  it("says what happened, why, and what mends it", () =>
    assert.equal(
      explainError(error, english).message,
      "The model file cannot be used: /models/a.gguf is not a file.",
    ));

  it("says all of it in the person's language", () => {
    const { message, mend } = explainError(error, chinese);
    assert.doesNotMatch(message.replace("/models/a.gguf", "") + mend, /[a-z]{2,} [a-z]{2,}/i);
  });

  it("leaves the words of other programs as they are", () =>
    assert.match(
      explainError(toRuntimeError(new Error("EIO: i/o error")), chinese).message,
      /：EIO: i\/o error$/,
    ));

  it("says the error's own mend where it has one", () => {
    const own = new RuntimeError("refused", "{0} is shut.", { values: ["A"], mend: "Open {0}." });
    assert.equal(explainError(own, english).mend, "Open A.");
  });

  it("names the mend where a folder cannot be made", async () => {
    const cause: unknown = await mkdir(wordsFolder()).catch((thrown: unknown) => thrown);
    const values = ["/h/run", toRuntimeError(cause).message];
    const { message, mend } = explainError(
      new RuntimeError("internal", "{0} cannot be made: {1}", { values, cause }),
      english,
    );
    assert.match(message, /^Hearth's folder cannot be used: \/h\/run cannot be made: EEXIST/);
    assert.match(mend, /^Set HEARTH_HOME to /);
  });
});
