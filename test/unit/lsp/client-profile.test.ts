/** What is made of `initialize`. */

import assert from "node:assert/strict";
import { toClientProfile } from "../../../server/lsp/convert/client-profile.ts";

describe("the trust that a client declares", () => {
  function check(initializationOptions: unknown, trusted: boolean): void {
    const profile = toClientProfile({
      processId: null,
      rootUri: null,
      capabilities: {},
      initializationOptions,
    });
    assert.equal(profile.trusted, trusted);
  }

  it("is given where nothing is said, as editors without it have none", () => {
    check(undefined, true);
    check({}, true);
    check({ trusted: true }, true);
  });

  it("is refused for anything but true", () => {
    for (const trusted of [false, null, "false", "yes", 1, {}]) check({ trusted }, false);
  });
});
