/** Every sentence and every key of the manifest is there in both languages, and nothing else is. */

import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { manifestKeys, sentencesIn, wordGaps } from "../support/l10n-sentences.ts";

type Words = Readonly<Record<string, string>>;

const none = { missing: [], dead: [], uneven: [] };

function readWords(path: string): Words {
  return JSON.parse(readFileSync(path, "utf8")) as Words;
}

describe("words", () => {
  const found = globSync("{server,src,scripts}/**/*.ts").map((path) =>
    sentencesIn(path, readFileSync(path, "utf8")),
  );

  it("are written where they are said", () =>
    assert.deepEqual(
      found.flatMap(({ unreadable }) => unreadable),
      [],
    ));

  it("of the code are all there in Chinese, and no others", () => {
    const sentences = found.flatMap((file) => file.sentences);
    assert.ok(sentences.length > 50, "the sentences were not found");
    assert.deepEqual(
      wordGaps(sentences, readWords("l10n/bundle.l10n.zh-cn.json"), (key) => key),
      none,
    );
  });

  for (const path of ["package.nls.json", "package.nls.zh-cn.json"]) {
    it(`of the manifest are all there in ${path}, and no others`, () => {
      const english = readWords("package.nls.json");
      const keys = manifestKeys(readFileSync("package.json", "utf8"));
      assert.deepEqual(
        wordGaps(keys, readWords(path), (key) => english[key] ?? ""),
        none,
      );
    });
  }

  it("that are missing, dead or uneven are found: control", () => {
    const { sentences, unreadable } = sentencesIn(
      "x.ts",
      'say(t("One {0}", 1), localizer.t("Two"), vscode.l10n.t("Three {0} {1}", 1, 2));\nt(four);\nreset("no");',
    );
    assert.deepEqual(sentences, ["One {0}", "Two", "Three {0} {1}"]);
    assert.deepEqual(unreadable, ["x.ts:2"]);
    const errors = sentencesIn(
      "y.ts",
      'new RuntimeError("refused", "Five", { mend: "Six" });\nnew RuntimeError("refused", `six ${x}`);\nnew RuntimeError("internal", "{0}");\nnew Error("no");\nt(error.sentence, 1);',
    );
    assert.deepEqual(errors, { sentences: ["Five", "Six"], unreadable: ["y.ts:2"] });
    const words = { "One {0}": "一 {0}", "Three {0} {1}": "三 {0}", Four: "四" };
    assert.deepEqual(
      wordGaps(sentences, words, (key) => key),
      { missing: ["Two"], dead: ["Four"], uneven: ["Three {0} {1}"] },
    );
    assert.deepEqual(manifestKeys('{"a": "%one%", "b": "100 % of %two%", "c": "%three.four%"}'), [
      "one",
      "three.four",
    ]);
  });
});
