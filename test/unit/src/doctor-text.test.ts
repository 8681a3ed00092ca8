/** The doctor's findings to be copied: what fails comes first, and empty lines of a check are left out. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { doctorText } from "../../../src/editor/doctor-text.ts";
import { translate } from "../../support/translate.ts";

describe("the doctor's text", () => {
  it("begins with what fails", () => {
    const page = doctorText(
      [
        { id: "node", state: "ok", found: "Node 24", why: "", mend: "" },
        {
          id: "model",
          state: "fail",
          found: "No such file.",
          why: "It was moved.\nTwice.",
          mend: "Choose another.",
        },
      ],
      translate,
    );
    assert.equal(
      page,
      `# Hearth: what was found on this machine

## Does not work

- **model**: No such file.
  - It was moved.
  - Twice.
  - Choose another.

## In order

- **node**: Node 24
`,
    );
  });
});
