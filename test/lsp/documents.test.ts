/** Documents and inline completions: what is typed is what is completed, in either encoding, whatever it holds. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import {
  CancellationTokenSource,
  DidCloseTextDocumentNotification,
  type InlineCompletionItem,
  InlineCompletionRequest,
} from "vscode-languageserver-protocol/node";
import { type MetricsResult, metricsRequest } from "../../server/protocol/metrics.ts";
import { LanguageClient } from "../support/language-client.ts";

const uri = "file:///tmp/hearth-documents.ts";
const line = "const value = computeTheValue(first, second);";
/** Often enough that the built-in completer knows the rest. */
const repeated = `${line}\n`.repeat(4);
const at = (lineNumber: number, character: number) => ({ line: lineNumber, character });

describe("the language server's documents", () => {
  let client: LanguageClient;

  beforeEach(async () => {
    client = await LanguageClient.start();
  });
  afterEach(() => client.dispose());

  async function begin(encoding: "utf-8" | "utf-16" = "utf-16"): Promise<void> {
    const capabilities = { general: { positionEncodings: [encoding] } };
    const result = await client.initialize({ capabilities });
    assert.equal(result.capabilities.positionEncoding, encoding);
  }

  async function check(position: { line: number; character: number }, expected: string): Promise<void> {
    const items = await client.complete(uri, position, { manual: true });
    assert.deepEqual(items.map(textAndPlace), [{ text: expected, start: position, end: position }]);
  }

  it("completes what was opened; every item has a range and reports its acceptance", async () => {
    await begin();
    await client.open(uri, `${repeated}const value = computeTheValue(`);
    await check(at(4, 30), "first, second);");
    const [item] = await client.complete(uri, at(4, 30), { manual: true });
    assert.equal(item?.command?.command, "hearth.server.accepted");
    await client.connection.sendRequest("workspace/executeCommand", item.command);
    const { counters, documents } = await client.connection.sendRequest<MetricsResult>(
      metricsRequest.method,
      {},
    );
    assert.deepEqual(
      [counters["completion.suggested"], counters["completion.accepted"], documents],
      [2, 1, 1],
    );
  });

  for (const encoding of ["utf-16", "utf-8"] as const) {
    const length = (text: string) => (encoding === "utf-8" ? Buffer.byteLength(text) : text.length);

    it(`follows changes in ${encoding}, each applied to what the ones before it made`, async () => {
      await begin(encoding);
      await client.open(uri, "/* é𝄞中 */ \n");
      const head = "/* é𝄞中 */ ";
      const end = at(0, length(head));
      const typed = "const value = computeTheValue(";
      await client.change(uri, 2, [
        { range: { start: at(0, 0), end: at(0, 0) }, text: repeated },
        { range: { start: at(4, end.character), end: at(4, end.character) }, text: "é" },
        { range: { start: at(4, end.character), end: at(4, end.character + length("é")) }, text: typed },
      ]);
      await check(at(4, length(head + typed)), "first, second);");
    });
  }

  it("takes a whole text as a change", async () => {
    await begin();
    await client.open(uri, "nothing");
    await client.change(uri, 2, [{ text: `${repeated}const value = ` }]);
    await check(at(4, 14), "computeTheValue(first, second);");
  });

  it("keeps the line breaks of a CRLF file", async () => {
    await begin();
    await client.open(uri, `${line}\r\n`.repeat(4));
    await client.change(uri, 2, [{ range: { start: at(4, 0), end: at(4, 0) }, text: "const value = " }]);
    await check(at(4, 14), "computeTheValue(first, second);");
  });

  it("takes a character beyond the line's end for its end, as LSP says", async () => {
    await begin();
    await client.open(uri, `${repeated}const value = `);
    const [item] = await client.complete(uri, at(4, 99), { manual: true });
    assert.deepEqual(item?.range, { start: at(4, 14), end: at(4, 14) });
  });

  it("answers a line outside the document with an error that names both", async () => {
    await begin();
    await client.open(uri, "one\ntwo");
    await assert.rejects(client.complete(uri, at(2, 0)), {
      code: -32602,
      message: "Line 3 is outside the document, which has 2 lines.",
    });
  });

  it("answers nothing for a document that is not open, or no longer", async () => {
    await begin();
    assert.deepEqual(await client.complete(uri, at(0, 0)), []);
    await client.change(uri, 2, [{ text: repeated }]);
    await client.open(uri, `${repeated}const value = `);
    await client.connection.sendNotification(DidCloseTextDocumentNotification.type, {
      textDocument: { uri },
    });
    assert.deepEqual(await client.complete(uri, at(4, 14), { manual: true }), []);
  });

  it("answers a cancelled request with nothing, and the next one as ever", async () => {
    await begin();
    await client.open(uri, `${repeated}const value = `);
    const cancellation = new CancellationTokenSource();
    const params = { textDocument: { uri }, position: at(4, 14), context: { triggerKind: 1 as const } };
    const answer = client.connection.sendRequest(InlineCompletionRequest.type, params, cancellation.token);
    cancellation.cancel();
    assert.deepEqual(await answer, { items: [] });
    await check(at(4, 14), "computeTheValue(first, second);");
  });

  const strange: Readonly<Record<string, string>> = {
    "50 MB": `${line}\n`.repeat(Math.ceil(50e6 / (line.length + 1))),
    "one line of 5 MB": `const data = "${"0123456789".repeat(500_000)}`,
    "binary bytes": Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 256)).toString(
      "latin1",
    ),
    "lone surrogates": "\ud800\udc00\ud800 \udc00\udc00 = \ud83d\n".repeat(100),
    "emoji and combining characters": 'const e\u0301 = "👩‍💻🏳️‍🌈";\n'.repeat(100),
    "lone carriage returns": "a\rb\r\rc\n\r".repeat(100),
    "no text": "",
  };
  for (const [name, text] of Object.entries(strange)) {
    it(`survives ${name} round the cursor`, async () => {
      await begin();
      await client.open(uri, text);
      const lines = text.split(/\r\n|\n|\r/);
      const last = at(lines.length - 1, lines.at(-1)?.length ?? 0);
      const middle = lines[lines.length >> 1] ?? "";
      for (const place of [at(0, 0), at(0, 1), at(lines.length >> 1, middle.length >> 1), last]) {
        for (const item of await client.complete(uri, place, { manual: true })) {
          assert.equal(typeof textAndPlace(item).text, "string");
        }
      }
      const other = `${uri}.other.ts`;
      await client.open(other, `${repeated}const value = computeTheValue(`);
      const [item] = await client.complete(other, at(4, 30), { manual: true });
      assert.equal(item?.insertText, "first, second);");
      assert.deepEqual(await client.shutDown(), { code: 0, signal: null });
      assert.equal(client.stderr, "");
    });
  }
});

function textAndPlace({ insertText, range }: InlineCompletionItem) {
  return { text: typeof insertText === "string" ? insertText : insertText.value, ...range };
}
