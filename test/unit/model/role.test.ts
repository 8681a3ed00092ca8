/** Roles as the settings name them. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseRole, type Role } from "../../../server/model/role.ts";

describe("parseRole", () => {
  const cases: readonly (readonly [string, Role])[] = [
    ["off", { kind: "off" }],
    ["auto", { kind: "auto" }],
    ["builtin/ngram", { kind: "builtin" }],
    ["embedded/seedling", { kind: "embedded", model: "seedling" }],
    ["embedded//models/a.gguf", { kind: "embedded", model: "/models/a.gguf" }],
    ["ollama/qwen2.5-coder:1.5b", { kind: "other", runtime: "ollama", model: "qwen2.5-coder:1.5b" }],
    ["gpt", { kind: "other", runtime: "gpt", model: "" }],
  ];
  for (const [text, role] of cases) it(text, () => assert.deepEqual(parseRole(text), role));
});
