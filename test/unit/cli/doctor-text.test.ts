/** The doctor's lines on a terminal: none is wider than it, and what goes on is indented. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { doctorText } from "../../../server/cli/doctor.ts";
import { noPaint } from "../../../server/cli/paint.ts";
import { textWidth } from "../../../server/cli/visible-text.ts";

const check = {
  id: "settings",
  state: "warn",
  found: "2 problems",
  why: "one in settings.json is not a setting of Hearth\nsettings.json 中的 two 不是 Hearth 的设置；已忽略。",
  mend: "Correct it.",
} as const;

describe("the doctor's lines", () => {
  it("stand whole where there is no width", () =>
    assert.equal(
      doctorText([check], noPaint, Infinity),
      `warn  settings  2 problems
                - one in settings.json is not a setting of Hearth
                - settings.json 中的 two 不是 Hearth 的设置；已忽略。
                Correct it.`,
    ));
  it("break at the width of the terminal", () => {
    const text = doctorText([check], noPaint, 40);
    for (const line of text.split("\n")) assert.ok(textWidth(line) <= 40, line);
    assert.match(text, /\n {16}- one in settings\.json\n {18}is not a setting of\n/);
  });
});
