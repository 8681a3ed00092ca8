/** Documents and inline completions: what is typed is what is completed, in either encoding, whatever it holds. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { CancellationTokenSource, InlineCompletionRequest } from "vscode-languageserver-protocol/node";
import { type MetricsResult, metricsRequest } from "../../server/protocol/metrics.ts";
import { LanguageClient } from "../support/language-client.ts";

const uri = "file:///tmp/hearth-documents.ts";
/** Three times the same, so that the built-in completer is sure of the rest. */
const repeated = `${"const value = computeTheValue(first, second);\n".repeat(3)}`;

describe("the language server's documents", () => {
  let client: LanguageClient;

  beforeEach(async () => {
    client = await LanguageClient.start();
  });
  afterEach(() => client.dispose());

  async function texts(line: number, character: number): Promise<readonly unknown[]> {
    return (await client.complete(uri, { line, character }, { manual: true })).map((item) => item.insertText);
  }

  it("completes what was opened, with a range and a command that reports the acceptance", async () => {
    await client.initialize();
    await client.open(uri, `${repeated}const value = computeThe`);
    const place = { line: 3, character: 24 };
    const [item] = await client.complete(uri, place, { manual: true });
    assert.equal(item?.insertText, "Value(first, second);");
    assert.deepEqual(item.range, { start: place, end: place });
    assert.equal(item.command?.command, "hearth.server.accepted");
    await client.connection.sendRequest("workspace/executeCommand", item.command);
    const { counters } = await client.connection.sendRequest<MetricsResult>(metricsRequest.method, {});
    assert.equal(counters["completion.suggested"], 1);
    assert.equal(counters["completion.accepted"], 1);
  });
});
