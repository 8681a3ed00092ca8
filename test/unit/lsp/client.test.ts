/** What the server says to a client that refuses or has gone. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ProtocolConnection } from "vscode-languageserver-protocol/node";
import { silentLogger } from "../../../server/base/log.ts";
import { Client } from "../../../server/lsp/client.ts";

/** A client that answers a request for progress with `create`; `sent` is the kinds of what it was shown. */
function clientOf(create: () => Promise<void>) {
  const sent: string[] = [];
  const connection = {
    sendRequest: create,
    sendProgress: async (_type: unknown, _token: string, value: { readonly kind: string }) => {
      sent.push(value.kind);
    },
  } as unknown as ProtocolConnection;
  return { client: new Client(connection, silentLogger), sent };
}

describe("progress", () => {
  it("is shown by a client that takes it", async () => {
    const { client, sent } = clientOf(async () => {});
    const progress = await client.beginProgress("Reading");
    progress?.report("3 files");
    progress?.end("");
    assert.deepEqual(sent, ["begin", "report", "end"]);
  });

  it("is not sent to a client that refuses it", async () => {
    const { client, sent } = clientOf(() => Promise.reject(new Error("no")));
    assert.equal(await client.beginProgress("Reading"), undefined);
    assert.deepEqual(sent, []);
  });
});
