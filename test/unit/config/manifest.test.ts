/** The settings in the manifest: those of the schema, and no address or command within reach of a workspace. */

import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { settingKeys } from "../../../server/config/schema.ts";

interface Property {
  readonly scope?: string;
  readonly markdownDescription?: string;
}
type Properties = Readonly<Record<string, Property>>;

function declared(): Properties {
  const manifest = JSON.parse(readFileSync("package.json", "utf8")) as {
    readonly contributes: { readonly configuration: { readonly properties: Properties } };
  };
  return manifest.contributes.configuration.properties;
}

/**
 * Keys that a workspace could set although they name what is asked, run or trusted. A role is one of them: it
 * can hold the path of a file.
 */
function withinReach(properties: Properties): readonly string[] {
  const sensitive =
    /(^|\.)(roles|runtimes|models|tls|checkers|sampling|privacy)\.|url|uri|host|endpoint|address|path|folder|command|args|env|cert|token$|secret|approve|proxy|source|packages|start$/i;
  return Object.entries(properties)
    .filter(([key, { scope }]) => sensitive.test(key) && scope !== "machine" && scope !== "application")
    .map(([key]) => key);
}

describe("the manifest's settings", () => {
  it("are those of the schema, each with a scope of its own", () => {
    assert.deepEqual(
      Object.keys(declared()),
      settingKeys.map((key) => `hearth.${key}`),
    );
    for (const [key, { scope }] of Object.entries(declared())) assert.ok(scope, key);
  });

  it("are all read by something: one that does nothing would be a lie", () => {
    const readers = globSync("{server,src}/**/*.ts", { exclude: ["server/config/**"] });
    const code = readers.map((path) => readFileSync(path, "utf8")).join("\n");
    const unread = (keys: readonly string[]) => keys.filter((key) => !code.includes(`"${key}"`));
    assert.deepEqual(unread(settingKeys), []);
    assert.deepEqual(unread(["completion.nothing"]), ["completion.nothing"], "control");
  });

  it("leave no address, path, command or role to a workspace", () =>
    assert.deepEqual(withinReach(declared()), []));

  it("would be caught if they did: control", () => {
    const planted: Properties = {
      "hearth.runtimes.ollama.url": { scope: "window" },
      "hearth.runtimes.llamaServer.args": { scope: "machine-overridable" },
      "hearth.roles.complete": {},
      "hearth.privacy.offline": { scope: "resource" },
      "hearth.index.exclude": { scope: "window" },
      "hearth.runtimes.llamaServer.path": { scope: "machine" },
    };
    assert.deepEqual(withinReach(planted), [
      "hearth.runtimes.ollama.url",
      "hearth.runtimes.llamaServer.args",
      "hearth.roles.complete",
      "hearth.privacy.offline",
    ]);
  });
});
