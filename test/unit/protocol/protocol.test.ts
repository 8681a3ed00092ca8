import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { describe, it } from "mocha";
import type { ProtocolConnection } from "vscode-languageserver-protocol";
import { protocolPage } from "../../../scripts/protocol-page.ts";
import { registerHandlers } from "../../../server/lsp/register-handlers.ts";
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
  it("are those that the server listens to", () => {
    const taken: string[] = [];
    const listen = (type: string | { readonly method: string }) => {
      taken.push(typeof type === "string" ? type : type.method);
    };
    const connection = { onRequest: listen, onNotification: listen } as unknown as ProtocolConnection;
    registerHandlers(connection, () => assert.fail("nobody is served"));
    const fromClients = ownMessages.filter(({ direction }) => direction === "client to server");
    const expected = [...Object.keys(standardMessages), ...fromClients.map(({ method }) => method)];
    // The life of the connection is the server's own business.
    const life = ["initialize", "shutdown", "exit"];
    assert.deepEqual([...taken, ...life].toSorted(), expected.toSorted());
  });

  it("stand in server/protocol alone", () => {
    const sources = globSync("server/lsp/**/*.ts").map((path) => readFileSync(path, "utf8"));
    assert.ok(sources.length > 20);
    assert.deepEqual(sources.join("\n").match(/"hearth\/[a-z]+"/gi) ?? [], []);
  });

  it("have one name each", () => assert.equal(new Set(declared).size, declared.length));
});
