/** What is said to arguments that are wrong, also where a bundle has given the classes of errors other names. */

import assert from "node:assert/strict";
import { FlagNotFoundError, UnexpectedPositionalError } from "@stricli/core";
import { describe, it } from "mocha";
import { readLocalizer } from "../../../server/base/read-localizer.ts";
import { applicationText } from "../../../server/cli/words.ts";
import { wordsFolder } from "../../../server/entries.ts";

describe("what is said to wrong arguments", () => {
  const text = applicationText(readLocalizer("zh-cn", wordsFolder()));
  const check = (error: Error, said: string) =>
    assert.equal(text.exceptionWhileParsingArguments(error, false), said);

  it("is in the person's language, whatever the class is called", () => {
    class a extends FlagNotFoundError {}
    class b extends UnexpectedPositionalError {}
    check(new a("foo", []), "没有选项 --foo。");
    check(new a("jsn", ["json", "set"]), "没有选项 --jsn。是否想写 --json、--set？");
    check(new b(1, "more"), "多余的参数“more”。");
  });
});
