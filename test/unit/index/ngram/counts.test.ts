import assert from "node:assert/strict";
import fc from "fast-check";
import { editBetween } from "../../../../server/index/ngram/builtin-worker.ts";
import { DocumentIndex } from "../../../../server/index/ngram/document-index.ts";
import { longestContext, type TokenIndex } from "../../../../server/index/ngram/token-index.ts";
import { idMask, spaceBit } from "../../../../server/index/ngram/tokenizer.ts";
import { special, Vocabulary } from "../../../../server/index/ngram/vocabulary.ts";
import { WorkspaceIndex } from "../../../../server/index/ngram/workspace-index.ts";
import { code } from "./code-arbitrary.ts";

/** Every counted token behind the context that it is found by, in words, sorted. */
function counts(index: TokenIndex, vocabulary: Vocabulary): string[] {
  const found: string[] = [];
  for (let place = 0; place < index.length; place++) {
    if (!index.isCounted(place)) continue;
    const words: string[] = [];
    for (let back = 0; back <= longestContext; back++) {
      const token = index.tokenAt(place - back);
      const id = token & idMask;
      words.unshift(`${back === 0 && token & spaceBit ? " " : ""}${vocabulary.textOf(id) || `#${id}`}`);
      if (id === special.fileStart) break;
    }
    found.push(words.join("|"));
  }
  return found.sort();
}

/** The places that a query finds are the places that are counted. */
function reachable(index: TokenIndex, vocabulary: Vocabulary): number {
  const places = new Set<number>();
  for (let id = 0; id < vocabulary.size; id++) {
    const context = { ids: Uint32Array.of(id), length: 1 };
    index.followers(context, Infinity, { follower: (_token, _matched, place) => places.add(place) });
  }
  return places.size;
}

const editsOf = (texts: fc.Arbitrary<string>) =>
  fc.array(
    fc.record({ at: fc.nat(), removed: fc.nat({ max: 20 }), added: texts.map((text) => text.slice(0, 20)) }),
    { maxLength: 8 },
  );

/** Names of secrets, what may be their values, and what makes the one belong to the other or not. */
const secrets = fc
  .array(
    fc.constantFrom(
      ...'password|pwd|x|hunter2| = |: |"|"""|\'|,|\n|\n  |\r\n\t|f(|://u:|@|a9F3kLm2Qx7Zp0Rt5Vw8'.split("|"),
    ),
    { maxLength: 60 },
  )
  .map((pieces) => pieces.join(""));

describe("counts", () => {
  const sameAsFromScratch = (texts: fc.Arbitrary<string>) =>
    fc.assert(
      fc.property(texts, editsOf(texts), (start, changes) => {
        const vocabulary = new Vocabulary();
        const document = new DocumentIndex(vocabulary, start);
        let text = start;
        for (const { at, removed, added } of changes) {
          const from = at % (text.length + 1);
          const next = text.slice(0, from) + added + text.slice(from + removed);
          document.update(next, editBetween(text, next));
          text = next;
        }
        const scratch = new DocumentIndex(vocabulary, text);
        assert.deepEqual(counts(document.index, vocabulary), counts(scratch.index, vocabulary));
        assert.deepEqual([...document.ids], [...scratch.ids]);
        assert.equal(reachable(document.index, vocabulary), reachable(scratch.index, vocabulary));
        for (let id = 0; id < vocabulary.size; id++) assert.equal(document.usesOf(id), scratch.usesOf(id));
      }),
      { numRuns: 300 },
    );
  it("of an edited document are those of its text read from scratch", () => sameAsFromScratch(code));
  it("do not know a secret, whatever edits made or unmade it one", () => sameAsFromScratch(secrets));

  it("do not know a secret that was named in a line further above the edit", () => {
    for (const between of ["\n", "\nx\n", "\nx\nx\n", "\nx\n\nx\nx\n"]) {
      const vocabulary = new Vocabulary();
      const text = `x\npassword =\n\n  "tangerine"${between}y`;
      const document = new DocumentIndex(vocabulary, text);
      document.update(`${text}z`, { start: text.length, oldEnd: text.length, newEnd: text.length + 1 });
      assert.equal(vocabulary.idOf("tangerine"), special.unknown);
    }
  });

  it("of a long document stay right while it grows line by line", () => {
    const vocabulary = new Vocabulary();
    let text = "";
    const document = new DocumentIndex(vocabulary, text);
    for (let line = 0; line < 400; line++) {
      const next = `${text}const name${line} = call(${line % 7});\n`;
      document.update(next, editBetween(text, next));
      text = next;
    }
    const scratch = new DocumentIndex(vocabulary, text);
    assert.deepEqual(counts(document.index, vocabulary), counts(scratch.index, vocabulary));
  });

  it("of a workspace do not know a file that came and went", () => {
    fc.assert(
      fc.property(fc.array(code, { minLength: 1, maxLength: 5 }), code, (texts, other) => {
        const vocabulary = new Vocabulary();
        const workspace = new WorkspaceIndex(vocabulary, { bytes: 1 << 20 });
        texts.forEach((text, i) => workspace.set(`${i}`, text));
        const before = counts(workspace.index, vocabulary);
        workspace.set("other", other);
        workspace.hide("0");
        workspace.show("0");
        workspace.delete("other");
        assert.deepEqual(counts(workspace.index, vocabulary), before);
      }),
    );
  });

  it("of a workspace hold each file once, however often it was saved", () => {
    const vocabulary = new Vocabulary();
    const workspace = new WorkspaceIndex(vocabulary, { bytes: 1 << 22 });
    const file = (version: number) => `call(${version});\n`.repeat(1000);
    workspace.set("kept", file(-1));
    for (let version = 0; version < 60; version++) workspace.set("saved", file(version));
    const once = new WorkspaceIndex(vocabulary, { bytes: 1 << 22 });
    once.set("kept", file(-1));
    once.set("saved", file(59));
    assert.deepEqual(counts(workspace.index, vocabulary), counts(once.index, vocabulary));
    assert.ok(workspace.bytes < 2 ** 22);
  });

  it("follow the files of a full workspace", () => {
    const vocabulary = new Vocabulary();
    const workspace = new WorkspaceIndex(vocabulary, { bytes: 1 << 20 });
    for (let i = 0; workspace.set(`${i}`, `f(${i}, x);\n`.repeat(100)) === "held"; i++);
    for (let save = 0; save < 300; save++) {
      assert.equal(workspace.set("0", `g(${save}, y);\n`.repeat(100)), "held");
    }
    assert.equal(workspace.set("new", "f(1, x);\n".repeat(100)), "full");
  });

  it("never take more memory than the limit, and say what did not fit", () => {
    const limit = 1 << 20;
    const vocabulary = new Vocabulary();
    const workspace = new WorkspaceIndex(vocabulary, { bytes: limit });
    const results = Array.from({ length: 200 }, (_, i) => workspace.set(`${i}`, `f(${i}, x);\n`.repeat(100)));
    assert.ok(workspace.bytes <= limit, `${workspace.bytes} bytes`);
    assert.ok(results.includes("held") && results.includes("full"));
    assert.equal(workspace.files, results.filter((result) => result === "held").length);
  });
});
