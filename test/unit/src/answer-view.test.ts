/** An answer as a page: what is seen and can be pressed while it comes, and after each way it can end. */

import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ChatPart, ChatResult } from "../../../server/protocol/chat.ts";
import { type Answer, begun, withPart, withResult } from "../../../src/chat/answer.ts";
import { answerView, mendOf, sourceOf } from "../../../src/chat/answer-view.ts";
import type { PageBlock } from "../../../src/webview/page-view.ts";
import { translate } from "../../support/translate.ts";

const place = { uri: "file:///w/a.ts", path: "a.ts", startLine: 2, endLine: 9 };
const usage = { prompt: 40, cached: 30, reasoning: 5, generated: 12 };
const end: ChatPart = { kind: "stream-end", reason: "stop", usage, dropped: [] };
const thought: ChatPart = { kind: "reasoning-delta", text: "hm" };
const text = (said: string): ChatPart => ({ kind: "text-delta", text: said });

/** Each part comes a second after the one before. */
function after(parts: readonly ChatPart[], result?: ChatResult): Answer {
  const answer = parts.reduce(
    (sofar, part, index) => withPart(sofar, part, index * 1000),
    begun("Why?", [place]),
  );
  return result ? withResult(answer, result, parts.length * 1000) : answer;
}

function view(answer: Answer) {
  return answerView(answer, 9000, translate);
}

function words(block: PageBlock): readonly string[] {
  switch (block.kind) {
    case "heading":
      return [`# ${block.text}`];
    case "text":
    case "prose":
    case "code":
      return [block.text];
    case "speech":
      return block.passages.map(({ kind, text: said, growing }) => `${kind}: ${said}${growing ? "…" : ""}`);
    case "chips":
      return [`${block.label} ${block.buttons.map(({ title }) => `[${title}]`).join(" ")}`];
    case "fold":
      return [`> ${block.title}`, ...block.blocks.flatMap(words)];
    case "finding":
      return [block.title, ...block.lines, ...block.buttons.map(({ title }) => `[${title}]`)];
    case "list":
    case "table":
    case "progress":
      return [];
  }
}

function check(answer: Answer, expected: { busy: string; buttons: string; blocks: readonly string[] }): void {
  const { busy, buttons, blocks } = view(answer);
  assert.deepEqual(
    { busy, buttons: buttons.map(({ title }) => title).join(", "), blocks: blocks.flatMap(words) },
    expected,
  );
}

const asked = ["# Why?", "With the question: [a.ts:2-9]"];
const finished = "New Question…, Ask Again, Copy the Answer";

describe("the page of an answer", () => {
  it("shows at once what was asked, and what goes along", () =>
    check(after([]), { busy: "Waiting for the model…", buttons: "Stop", blocks: asked }));

  it("says what is waited for", () =>
    check(after([{ kind: "progress", text: "Loading r1: 40 %" }]), {
      busy: "Loading r1: 40 %",
      buttons: "Stop",
      blocks: asked,
    }));

  it("keeps the thoughts folded, with how long they take", () =>
    check(after([thought, thought]), {
      busy: "Thinking…",
      buttons: "Stop",
      blocks: [...asked, "> Has thought for 9 s so far", "hmhm"],
    }));

  it("shows the words as they come", () =>
    check(after([thought, text("One.\n\nTw")]), {
      busy: "Answering…",
      buttons: "Stop",
      blocks: [...asked, "> Thought for 1 s", "hm", "prose: One.", "prose: Tw…"],
    }));

  it("ends with what it cost", () =>
    check(after([thought, text("One."), end], { outcome: "answered", model: "r1" }), {
      busy: "",
      buttons: finished,
      blocks: [
        ...asked,
        "> Thought for 1 s · 5 tokens",
        "hm",
        "prose: One.",
        "r1 · 40 tokens read (30 of them before) · 5 for thinking · 7 written",
      ],
    }));

  it("says why it ended before its end, and what had no room", () => {
    const dropped = [{ ...place, why: "no-room" as const }];
    const cut: ChatPart = { kind: "stream-end", reason: "length", usage, dropped };
    const { blocks } = view(after([text("One."), cut], { outcome: "answered" }));
    assert.deepEqual(blocks.flatMap(words).slice(3, 5), [
      "The answer was cut: it has as many tokens as it may.",
      "There was no room for a.ts, lines 2 to 9.",
    ]);
  });

  it("keeps what had come when it was stopped", () => {
    const { blocks, buttons } = view(after([text("One. Tw")], { outcome: "cancelled" }));
    assert.deepEqual(blocks.flatMap(words).slice(2), ["prose: One. Tw", "Stopped."]);
    assert.equal(buttons.map(({ title }) => title).join(", "), finished);
  });

  it("shows nothing of what went round in circles", () => {
    const { blocks } = view(after([thought, text("so so"), { kind: "answer-restart" }, text("Well.")]));
    assert.deepEqual(blocks.flatMap(words).slice(2), [
      "prose: Well.…",
      "The answer went round in circles. It is written again.",
    ]);
  });

  it("says that there are no words where none came", () => {
    const { blocks, buttons } = view(after([thought], { outcome: "answered" }));
    assert.ok(blocks.flatMap(words).includes("The model ended without an answer."));
    assert.equal(buttons.length, 2);
  });

  it("says what failed behind what had come, with what mends it", () => {
    const mend = { command: "hearth.plan", arguments: [], title: "See" } as const;
    const error = { code: "model-not-found", message: "No model.", mend: "Fetch one.", mendActions: [mend] };
    const answer = after([text("One.")], { outcome: "failed", error });
    assert.deepEqual(view(answer).blocks.flatMap(words).slice(2), [
      "prose: One.",
      "No model.",
      "Fetch one.",
      "[See]",
    ]);
    assert.equal(mendOf("mend:0", answer), mend);
    assert.equal(mendOf("mend:1", answer), undefined);
  });

  it("opens the sources that it shows, and nothing else", () => {
    const answer = after([]);
    assert.equal(sourceOf("source:0", answer), place);
    assert.equal(sourceOf("source:1", answer), undefined);
    assert.equal(sourceOf("stop", answer), undefined);
  });

  it("is stopped by Escape as well, and by nothing when it has ended", () => {
    const keys = (answer: Answer) => view(answer).buttons.map(({ key }) => key);
    assert.deepEqual(keys(after([])), ["Escape"]);
    assert.deepEqual(keys(after([], { outcome: "cancelled" })), [undefined, undefined]);
  });
});
