/** Where no completion is given: beside the text, within a character, in a secret. */

import assert from "node:assert/strict";
import { defaultSettings } from "../../../../server/config/resolve-settings.ts";
import { refuseRequest } from "../../../../server/features/completion/request-gate.ts";
import { Snapshot } from "../../../../server/text/snapshot.ts";

describe("the gate of a request", () => {
  /** The cursor stands at `$0`. */
  function check(marked: string, expected: string | undefined): void {
    const snapshot = new Snapshot("file:///a.ts", "typescript", 1, marked.replace("$0", ""));
    const position = snapshot.positionAt(marked.indexOf("$0"));
    assert.equal(refuseRequest({ snapshot, position, trigger: "manual" }, defaultSettings), expected);
  }

  it("lets code pass, whatever characters stand before the cursor", () => {
    check("const a = $0\n", undefined);
    check("const é = $0", undefined);
    check("const e\u0301 = '\u{1F44D}\u{1F3FD}' + $0;", undefined);
    check("\u{1F469}\u200D\u{1F467}$0", undefined);
  });

  it("refuses to part what is one character to a person", () => {
    check("\uD83D$0\uDC69", "outside-document");
    check("e$0\u0301", "outside-document");
    check("\u{1F469}$0\u200D\u{1F467}", "outside-document");
    check("\u{1F469}\u200D$0\u{1F467}", "outside-document");
    check("\u{1F44D}$0\u{1F3FD}", "outside-document");
  });

  it("refuses a place in a secret", () => check('const password = "$0', "secret"));
});
