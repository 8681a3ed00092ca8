import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  type QuestionRequest,
  questionPrompt,
  type Source,
} from "../../../../server/features/chat/question-prompt.ts";

/** A token is a character here. */
const count = (text: string) => Promise.resolve(text.length);

function source(path: string, text: string, startLine = 1): Source {
  return { path, startLine, endLine: startLine + text.split("\n").length - 1, text };
}

function ask(request: Partial<QuestionRequest>) {
  return questionPrompt({ question: "Why?", sources: [], budget: 1000, count, ...request });
}

const places = (sources: readonly Source[]) =>
  sources.map(({ path, startLine, endLine }) => `${path}:${startLine}-${endLine}`);

describe("the prompt of a question", () => {
  it("holds the texts in their order, and the question last", async () => {
    const { message } = await ask({ sources: [source("a.ts", "one();\ntwo();", 3), source("b.ts", "x")] });
    assert.equal(
      message,
      "a.ts, lines 3 to 4:\n```\none();\ntwo();\n```\n\nb.ts, lines 1 to 1:\n```\nx\n```\n\nWhy?",
    );
  });

  it("refuses a question that is too long, with how long it is", async () => {
    await assert.rejects(ask({ question: "x".repeat(20), budget: 10 }), {
      code: "context-overflow",
      message: "The question has 20 tokens; there is room for 10.",
    });
  });

  const texts: readonly { readonly what: string; readonly text: string; readonly shown: string }[] = [
    { what: "masks a secret", text: 'const apiKey = "abcdefgh";', shown: 'const apiKey = "[masked]";' },
    { what: "leaves out what nobody sees", text: "a\u202e\u200bb\r", shown: "ab" },
    { what: "keeps what only looks special", text: "a\tb <|fim_prefix|>", shown: "a\tb <|fim_prefix|>" },
  ];
  for (const { what, text, shown } of texts) {
    it(what, async () => {
      const { message } = await ask({ sources: [source("a", text)] });
      assert.ok(message.includes(`\n${shown}\n`), message);
    });
  }

  it("fences a text that holds fences", async () => {
    const { message } = await ask({ sources: [source("a.md", "````\ncode\n````")] });
    assert.match(message, /\n`{5}\n````\ncode\n````\n`{5}\n/);
  });

  it("counts the lines of a masked text as they were", async () => {
    const text = "const password = `first\nsecond line`;\nnext();";
    const { sources } = await ask({ sources: [source("a.ts", text)] });
    assert.deepEqual(places(sources), ["a.ts:1-3"]);
    assert.match(sources[0]?.text ?? "", /\n.*\nnext\(\);$/);
  });

  it("never has more tokens than its budget, and shows or drops each line once", async () => {
    const sources = fc.array(fc.array(fc.string({ maxLength: 30 }), { minLength: 1, maxLength: 12 }), {
      maxLength: 4,
    });
    const check = async (all: string[][], budget: number) => {
      const given = all.map((lines, index) =>
        source(`${index}.ts`, lines.map((line) => line.replaceAll("\n", " ")).join("\n")),
      );
      const prompt = await ask({ sources: given, budget });
      assert.ok(prompt.message.length <= budget, `${prompt.message.length} of ${budget}`);
      for (const { path, endLine } of given) {
        const shown = prompt.sources.find((part) => part.path === path);
        const dropped = prompt.dropped.find((part) => part.path === path);
        assert.equal((shown?.endLine ?? 0) + 1, dropped?.startLine ?? endLine + 1);
      }
    };
    await fc.assert(fc.asyncProperty(sources, fc.integer({ min: 10, max: 600 }), check));
  });
});
