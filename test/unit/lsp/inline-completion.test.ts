import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { english } from "../../../server/base/l10n.ts";
import type {
  CompletionOutcome,
  CompletionRequest,
} from "../../../server/features/completion/completion-outcome.ts";
import { Documents } from "../../../server/lsp/documents.ts";
import { onInlineCompletion } from "../../../server/lsp/handlers/inline-completion.ts";
import type { Session } from "../../../server/lsp/session.ts";
import { Metrics } from "../../../server/metrics/metrics.ts";
import { RuntimeError } from "../../../server/model/runtime-error.ts";

const uri = "file:///a.ts";
const position = { line: 0, character: 2 };
const suggested = {
  kind: "suggested",
  items: [{ id: "c1", text: "()", range: { start: position, end: position } }],
  report: {
    runtime: "builtin",
    model: "ngram",
    reused: false,
    timings: { queueMs: 0, contextMs: 0, overheadMs: 1, firstTokenMs: 0, totalMs: 2 },
    context: [],
  },
} as const satisfies CompletionOutcome;

/** A session whose service answers with `complete`, once it has started. */
function sessionOf(
  complete: (documents: Documents) => Promise<CompletionOutcome>,
  started: Promise<void> = Promise.resolve(),
) {
  const documents = new Documents();
  documents.open(uri, "typescript", 1, "go");
  const metrics = new Metrics();
  const logged: string[] = [];
  const asked: string[] = [];
  const session = {
    documents,
    localizer: english,
    log: { log: (level: string, message: string) => logged.push(`${level} ${message}`) },
    profile: { encoding: "utf-16" },
    services: async () => {
      await started;
      return {
        complete: (request: CompletionRequest) => {
          asked.push(request.snapshot.text);
          return complete(documents);
        },
        metrics,
      };
    },
  } as unknown as Session;
  return { session, metrics, logged, asked, documents };
}

const params = { textDocument: { uri }, position, context: { triggerKind: 2 as const } };
const never = new AbortController().signal;

describe("onInlineCompletion", () => {
  it("hands out what is suggested, and counts it", async () => {
    const { session, metrics } = sessionOf(async () => suggested);
    const { items } = await onInlineCompletion(session, params, never);
    assert.deepEqual(items, [
      {
        insertText: "()",
        range: { start: position, end: position },
        command: { title: "", command: "hearth.server.accepted", arguments: ["c1"] },
      },
    ]);
    const { counters, latencies } = metrics.snapshot();
    assert.deepEqual(counters, { "completion.suggested": 1 });
    assert.equal(latencies["completion.model"]?.max, 1);
  });

  it("hands out nothing that a change has overtaken", async () => {
    const { session } = sessionOf(async (documents) => {
      documents.change(uri, 2, [{ text: "other" }], "utf-16");
      return suggested;
    });
    assert.deepEqual(await onInlineCompletion(session, params, never), { items: [] });
  });

  it("answers at once when it is cancelled while the services start", async () => {
    const { session, asked } = sessionOf(async () => suggested, new Promise(() => {}));
    const cancellation = new AbortController();
    const answer = onInlineCompletion(session, params, cancellation.signal);
    cancellation.abort();
    assert.deepEqual(await answer, { items: [] });
    assert.deepEqual(asked, []);
  });

  it("asks about the text that the position was said of, though it changes while the services start", async () => {
    const starting = Promise.withResolvers<void>();
    const { session, asked, documents } = sessionOf(async () => suggested, starting.promise);
    const answer = onInlineCompletion(session, params, never);
    documents.change(uri, 2, [{ text: "" }], "utf-16");
    starting.resolve();
    assert.deepEqual(await answer, { items: [] });
    assert.deepEqual(asked, ["go"]);
  });

  it("logs a failure and shows nothing", async () => {
    const error = new RuntimeError("runtime-crashed", "the model's process ended");
    const { session, metrics, logged } = sessionOf(async () => ({ kind: "failed", error }));
    assert.deepEqual(await onInlineCompletion(session, params, never), { items: [] });
    assert.deepEqual(logged, [
      "warn completion failed: the model's process ended",
      "debug completion failed (version 1 of 1)",
    ]);
    assert.deepEqual(metrics.snapshot().counters, { "completion.failed.runtime-crashed": 1 });
  });
  const secret = {
    ...suggested,
    items: [{ id: "c1", text: "TOKEN", range: { start: position, end: position } }],
  };
  const unsure = { ...suggested.report, confidence: 0.254 };
  const lines: readonly (readonly [line: string, outcome: CompletionOutcome])[] = [
    ["suggested (version 1 of 1)", secret],
    [
      "skipped, unsure, confidence 0.25 (version 1 of 1)",
      { kind: "skipped", reason: "unsure", report: unsure },
    ],
  ];
  for (const [line, outcome] of lines) {
    it(`logs what came of a request, and never its text: ${line}`, async () => {
      const { session, logged } = sessionOf(async () => outcome);
      await onInlineCompletion(session, params, never);
      assert.deepEqual(logged, [`debug completion ${line}`]);
    });
  }
});
