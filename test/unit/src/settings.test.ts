/** What the extension sends to the server: only what somebody has set. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import manifest from "../../../package.json" with { type: "json" };
import { explicitSettings, settingKeys } from "../../../src/client/settings.ts";

describe("the settings sent to the server", () => {
  it("leave out what nobody has set, so that settings.json can speak", () => {
    const values = new Map<string, unknown>([["completion.enabled", false]]);
    const settings = {
      get: (key: string) => values.get(key) ?? "the default",
      inspect: (key: string) => (values.has(key) ? { workspaceValue: values.get(key) } : {}),
    };
    assert.deepEqual(explicitSettings(settings, ["completion.enabled", "roles.complete"]), {
      "completion.enabled": false,
    });
  });

  it("are those of the manifest", () => {
    const keys = settingKeys(manifest);
    assert.ok(keys.includes("roles.complete"));
    assert.ok(keys.every((key) => !key.startsWith("hearth.")));
    assert.deepEqual(settingKeys({}), []);
  });
});
