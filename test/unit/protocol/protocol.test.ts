import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { protocolPage } from "../../../scripts/protocol-page.ts";
import { serverCommands } from "../../../server/protocol/accepted.ts";
import { ownMessages, standardMessages } from "../../../server/protocol/messages.ts";

const page = readFileSync(new URL("../../../docs/protocol.md", import.meta.url), "utf8");
const declared = [
  ...ownMessages.map(({ method }) => method),
  ...Object.keys(standardMessages),
  ...serverCommands.map(({ command }) => command),
];

describe("docs/protocol.md", () => {
  it("is what the declarations make (npm run generate)", () => assert.equal(page, protocolPage()));

  for (const method of declared) {
    it(`names ${method}`, () => assert.ok(page.includes(`\`${method}\``)));
  }
  it("names no message that is not declared", () => {
    const named = page.match(/hearth\/[a-z]+/gi) ?? [];
    assert.ok(named.length > 0);
    assert.deepEqual(
      named.filter((method) => !declared.includes(method)),
      [],
    );
  });
});

describe("the declared messages", () => {
  it("are those that the server has a handler or a sender for", () => {
    const sources = globSync("server/lsp/**/*.ts")
      .map((path) => readFileSync(path, "utf8"))
      .join("\n");
    const undeclared = sources.match(/"hearth\/[a-z]+"/gi) ?? [];
    assert.deepEqual(undeclared, [], "a name of our own stands in server/protocol alone");
    for (const file of globSync("server/protocol/*.ts")) {
      const [spec] =
        /\w+(?:Notification|Request)(?=: (?:Notification|Request)Spec)/.exec(readFileSync(file, "utf8")) ??
        [];
      if (spec !== undefined)
        assert.ok(sources.includes(`${spec}.method`), `${spec} is declared and not used`);
    }
  });

  it("have one name each", () => assert.equal(new Set(declared).size, declared.length));
});
