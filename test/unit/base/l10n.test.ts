/** Which language a person is spoken to in. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { languageOfEnvironment } from "../../../server/base/l10n.ts";

describe("the language of the environment", () => {
  const cases = [
    [{}, "en"],
    [{ LANG: "zh_CN.UTF-8" }, "zh-cn"],
    [{ LC_ALL: "", LC_MESSAGES: "", LANG: "zh_CN.UTF-8" }, "zh-cn"],
    [{ LC_ALL: "C", LANG: "zh_CN.UTF-8" }, "en"],
    [{ LC_MESSAGES: "zh_CN", LANG: "en_US" }, "zh-cn"],
    [{ LANG: "zh_TW.UTF-8" }, "en"],
  ] as const;
  for (const [env, language] of cases)
    it(JSON.stringify(env), () => assert.equal(languageOfEnvironment(env), language));
});
