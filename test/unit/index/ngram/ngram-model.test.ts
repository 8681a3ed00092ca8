import assert from "node:assert/strict";
import fc from "fast-check";
import { NgramModel } from "../../../../server/index/ngram/ngram-model.ts";

/** Completes at `$0` in a document that is open under `path`, beside `files`. */
function completion(fixture: string, files: Readonly<Record<string, string>> = {}, path = "open.ts") {
  const model = new NgramModel();
  for (const [name, text] of Object.entries(files)) model.add(name, text);
  const offset = fixture.indexOf("$0");
  model.open(path, fixture.replace("$0", ""));
  return model.complete(path, offset);
}

function check(fixture: string, expected: string, files?: Readonly<Record<string, string>>): void {
  const result = completion(fixture, files);
  assert.equal(result.kind === "answer" ? result.text : result.reason, expected);
}

const logs = "log.write(name, value);\nlog.write(name, value);\n";

describe("n-gram model", () => {
  it("goes on as the document did before", () => check(`${logs}log.$0\n`, "write(name, value);"));
  it("goes on as the workspace did", () => check("log.$0\n", "write(name, value);", { "a.ts": logs }));
  it("completes the word that is being typed", () => check(`${logs}log.wr$0\n`, "ite(name, value);"));
  it("puts no second space", () => check("a = b + c;\na = b + c;\na = $0\n", "b + c;"));
  it("puts the space that is missing", () => check("a = b + c;\na = b + c;\na =$0\n", " b + c;"));
  it("ends before the bracket that the editor closed", () => check(`${logs}log.write($0)\n`, "name, value"));
  it("ends before all that the editor closed", () => check(`${logs}log.write($0);\n`, "name, value"));
  it("keeps brackets that it opens itself", () => check("f(g(1), 2);\nf(g(1), 2);\nf($0)\n", "g(1), 2"));
  it("ends before the quote that the editor closed", () =>
    check('say("hello world");\nsay("hello world");\nsay("$0")\n', "hello world"));
  describe("knows the first tokens that lines have in common", () => {
    const messages = ["disk full", "no such file", "bad header", "too long", "timed out"];
    const thrown = messages.map((text) => `throw new Error("${text}");\n`).join("");
    const found = [0, 1, 2].map((i) => `xs.find((it) => it.b${i});\n`).join("");
    const opened = [0, 1, 2].map((i) => `open(path, mode="utf", n${i});\n`).join("");
    const starts: readonly (readonly [fixture: string, start: string | undefined])[] = [
      [`${thrown}throw new Error$0\n`, '("'],
      [`${thrown}throw$0\n`, ' new Error("'],
      [`${thrown}throw new Error($0\n`, undefined],
      [`${found}xs.find((it) = 9);\nxs.find($0\n`, "(it)"],
      [`${opened}open(path, mode="utf-9");\nopen($0\n`, 'path, mode="'],
      ["a.b();\na.c();\na.d();\na.$0\n", undefined],
    ];
    for (const [fixture, start] of starts) {
      it(`${fixture.split("\n").at(-2)}: ${start}`, () => {
        const result = completion(fixture);
        assert.ok(result.kind === "answer");
        assert.equal(result.start?.text, start);
        if (result.start) assert.ok(result.start.confidence > 2 * result.confidence);
      });
    }
  });
  it("says nothing in the middle of a line", () => check(`${logs}log.$0write(name, value);`, "mid-line"));
  it("says nothing where nothing ever followed", () => check("$0", "empty"));
  it("says nothing of a document that is not open", () => {
    assert.deepEqual(new NgramModel().complete("a.ts", 0), { kind: "none", reason: "unknown-document" });
  });
  it("says nothing of a document that is too long", () => {
    const model = new NgramModel({ documentLength: 10 });
    model.open("a.ts", "01234567890");
    assert.deepEqual(model.complete("a.ts", 0), { kind: "none", reason: "too-large" });
  });

  it("says nothing of a document with a line that no one wrote", () => {
    const model = new NgramModel({ lineLength: 100 });
    model.open("a.ts", `a\n${"b ".repeat(51)}`);
    assert.deepEqual(model.complete("a.ts", 0), { kind: "none", reason: "too-large" });
    model.change("a.ts", "a\nb", undefined);
    assert.deepEqual(model.complete("a.ts", 0), { kind: "none", reason: "mid-line" });
  });

  it("reads a cursor outside the document as one at its edge", () => {
    const model = new NgramModel();
    model.open("a.ts", logs);
    for (const offset of [-1, 1000]) assert.notEqual(model.complete("a.ts", offset).kind, undefined);
  });

  it("does not read the file on disk while its document is completed", () => {
    check("log.$0\n", "empty", { "open.ts": logs });
  });

  it("reads a document as a file while another one is completed", () => {
    const model = new NgramModel();
    model.add("a.ts", "");
    model.open("a.ts", "");
    model.complete("a.ts", 0);
    model.change("a.ts", logs, { start: 0, oldEnd: 0, newEnd: logs.length });
    model.open("b.ts", "log.\n");
    const result = model.complete("b.ts", 4);
    assert.equal(result.kind === "answer" && result.text, "write(name, value);");
  });

  /** What is offered in `b.ts` after `path` was completed in, with or without being closed. */
  const elsewhere = (path: string, then: "open" | "closed") => {
    const model = new NgramModel();
    const text = 'log.write(name, value);\nlog.write(name, value);\nPASSWORD = "tangerine";\n';
    model.open(path, text);
    model.complete(path, text.length);
    model.open("b.ts", "");
    return ["log.", "log.wr", 'const p = "tang', "PASS", "PASSWORD = ", 'PASSWORD = "'].map((typed) => {
      model.change("b.ts", typed, undefined);
      const before = model.complete("b.ts", typed.length);
      if (then === "closed") model.close(path);
      return [before, model.complete("b.ts", typed.length)].flatMap((answer) =>
        answer.kind === "answer" ? [answer.text] : [],
      );
    });
  };
  for (const path of ["/w/.env", "/w/ignored.log", "untitled:Untitled-1", "git:/w/a.ts?ref"]) {
    for (const then of ["open", "closed"] as const) {
      it(`offers nothing elsewhere of ${path}, ${then}, which was not read as a file`, () =>
        assert.deepEqual(elsewhere(path, then).flat(), []));
    }
  }

  it("neither counts nor completes a document that is there to hold secrets", () => {
    for (const path of ["/w/.env", "untitled:.env", "git:/w/server.pem?ref"]) {
      const model = new NgramModel();
      const { bytes } = model.stats;
      model.open(path, logs);
      assert.deepEqual(model.complete(path, 4), { kind: "none", reason: "secret" });
      model.change(path, `${logs}log.`, { start: logs.length, oldEnd: logs.length, newEnd: logs.length + 4 });
      assert.deepEqual(model.complete(path, logs.length + 4), { kind: "none", reason: "secret" });
      assert.equal(model.stats.bytes, bytes);
    }
  });

  it("does not bring back a file that left while it was open", () => {
    const model = new NgramModel();
    model.add("a.ts", logs);
    model.open("a.ts", logs);
    model.complete("a.ts", 0);
    model.remove("a.ts");
    model.open("b.ts", "log.\n");
    assert.deepEqual(model.complete("b.ts", 4), { kind: "none", reason: "empty" });
  });

  it("answers the same after compacting in steps as at once, and answers in between", () => {
    const steps: (() => "more" | "done")[] = [];
    let more = 0;
    const models = [new NgramModel(), new NgramModel({}, (step) => steps.push(step))];
    const answers = models.map((model) => {
      for (let file = 0; file < 600; file++)
        model.add(`${file}.ts`, `call${file % 7}(x, ${file});\n`.repeat(40));
      for (let file = 1; file < 600; file += 2) model.remove(`${file}.ts`);
      model.open("open.ts", "call2(");
      model.tidy();
      for (let step = steps.shift(); step; step = steps.shift()) {
        assert.notEqual(model.complete("open.ts", 6).kind, undefined);
        if (step() === "done") continue;
        steps.push(step);
        more++;
      }
      return model.complete("open.ts", 6);
    });
    assert.ok(more > 0);
    assert.equal(answers[0]?.kind, "answer");
    assert.deepEqual(answers[0], answers[1]);
  });

  it("is less sure where it went on in several ways", () => {
    const sure = (...lines: readonly string[]) => {
      const result = completion(`${lines.join("\n")}\nlog.$0\n`);
      return result.kind === "answer" ? result.confidence : 0;
    };
    const one = sure("log.write(name);", "log.write(name);", "log.write(name);", "log.write(name);");
    const four = sure("log.write(name);", "log.read(count);", "log.close();", "log.flush(now, then);");
    assert.ok(one > four + 0.3, `${one} and ${four}`);
  });

  it("is as sure of a text that was typed as of one that was opened", () => {
    const names = ["open", "close", "save", "rename", "delete", "move", "copy", "print", "export", "import"];
    const file = names
      .map((name) => `registry.on("${name}", (event) => dispatch(event, context));\n`)
      .join("");
    const typed = 'registry.on("paste", (event) => disp';
    const model = new NgramModel();
    model.open("a.ts", "");
    for (let end = 0; end < file.length + typed.length; end++) {
      model.change("a.ts", (file + typed).slice(0, end + 1), { start: end, oldEnd: end, newEnd: end + 1 });
    }
    const whole = completion(`${file}${typed}$0`);
    assert.equal(whole.kind, "answer");
    assert.deepEqual(model.complete("a.ts", file.length + typed.length), whole);
  });

  it("gives the same guess for the same counts", () => {
    const words = fc.constantFrom("a", "b", "(", ")", ".", ",", "\n", "  ");
    fc.assert(
      fc.property(fc.array(words, { maxLength: 80 }), fc.nat(), (pieces, at) => {
        const text = pieces.join("");
        const offset = at % (text.length + 1);
        const fixture = `${text.slice(0, offset)}$0${text.slice(offset)}`;
        assert.deepEqual(completion(fixture, { "x.ts": text }), completion(fixture, { "x.ts": text }));
      }),
    );
  });

  it("takes any text and any cursor", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), fc.nat({ max: 200 }), (text, at) => {
        const offset = Math.min(at, text.length);
        const result = completion(`${text.slice(0, offset)}$0${text.slice(offset)}`, { "x.ts": text });
        if (result.kind === "answer") assert.ok(result.text !== "" && !/[\r\n]/.test(result.text));
      }),
    );
  });

  const named: readonly (readonly [secret: string, line: string, typed: string])[] = [
    ["letmein123", 'const password = "letmein123";', 'const phrase = "'],
    ["letmein123", 'const password: string =\n  "letmein123";', 'const phrase =\n  "'],
    ["hunter22", 'dbUrl: "postgres://admin:hunter22@db:5432/app",', 'dbUrl: "'],
    ["hunter22", 'dbUrl: "postgres://admin:hunter22@db:5432/app",', 'dbUrl: "postgres://admin:'],
    ["K7MDENG", 'const key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";', 'const key = "wJalrXUtnFEMI/'],
    ["letmein", 'password("x") || "y"; secret = wrap("letmein");', 'const other = wrap("'],
  ];
  for (const [secret, line, typed] of named) {
    it(`offers no ${secret} of ${line} behind ${typed}`, () => {
      const shown = (result: ReturnType<typeof completion>) => (result.kind === "answer" ? result.text : "");
      const lines = `${line}\n`.repeat(3);
      const begun = [typed, typed + secret.slice(0, 2), typed + secret.slice(0, 4)];
      for (const fixture of begun) {
        assert.ok(!shown(completion(`${fixture}$0\n`, { "a.ts": lines })).includes(secret.slice(4)));
        assert.ok(!shown(completion(`${lines}${fixture}$0\n`)).includes(secret.slice(4)));
      }
    });
  }

  it("forgets a value when an edit names it a secret, and learns it when the name goes", () => {
    const model = new NgramModel();
    let text = "";
    const after = (start: number, removed: number, added: string) => {
      text = text.slice(0, start) + added + text.slice(start + removed);
      model.change("a.ts", text, { start, oldEnd: start + removed, newEnd: start + added.length });
      const result = model.complete("a.ts", text.length);
      return result.kind === "answer" && result.text.includes("tangerine");
    };
    model.open("a.ts", text);
    assert.equal(after(0, 0, 'const phrase =\n  "tangerine";\n\nconst colour =\n  "'), true);
    assert.equal(after(6, 6, "password"), false);
    assert.equal(after(6, 8, "phrase"), true);
  });

  it("never learns, completes or continues a secret", () => {
    const key = "sk-live-9aF3kLm2Qx7Zp0Rt5Vw8";
    check(`const password = "one two three";\nconst password = "$0\n`, "secret");
    check(`password: "one two three"\npassword: "one $0\n`, "secret");
    const result = completion(`use("${key}");\nuse("${key}");\nuse("$0\n`);
    assert.ok(result.kind === "none" || !result.text.includes("9aF3kLm2"));
  });
});
