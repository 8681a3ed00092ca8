/** Roles as the settings name them. */

import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { parseRole, type Role } from "../../../server/protocol/role.ts";

describe("parseRole", () => {
  const cases: readonly (readonly [string, Role])[] = [
    ["off", { kind: "off" }],
    ["auto", { kind: "auto" }],
    ["builtin/ngram", { kind: "builtin" }],
    ["embedded/seedling", { kind: "embedded", model: "seedling" }],
    ["embedded//models/a.gguf", { kind: "embedded", model: "/models/a.gguf" }],
    ["ollama/qwen2.5-coder:1.5b", { kind: "remote", runtime: "ollama", model: "qwen2.5-coder:1.5b" }],
    ["gpt", { kind: "other", runtime: "gpt", model: "" }],
  ];
  for (const [text, role] of cases) it(text, () => assert.deepEqual(parseRole(text), role));

  it("is the only one who takes a role apart", () => {
    const takesApart = (code: string) =>
      /(?:startsWith|indexOf|split|replace|slice)\(["'/^]*embedded\//.test(code);
    const paths = globSync("{server,src}/**/*.ts");
    assert.ok(paths.length > 100, "the code was not found");
    assert.deepEqual(
      paths.filter((path) => takesApart(readFileSync(path, "utf8"))),
      [],
    );
    assert.ok(takesApart('role.startsWith("embedded/")'), "control");
  });
});
