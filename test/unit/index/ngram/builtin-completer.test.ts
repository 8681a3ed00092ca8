import assert from "node:assert/strict";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { systemClock } from "../../../../server/base/clock.ts";
import { silentLogger } from "../../../../server/base/log.ts";
import { entryPoint } from "../../../../server/entries.ts";
import { BuiltinCompleter, type BuiltinStatus } from "../../../../server/index/ngram/builtin-completer.ts";
import { Snapshot } from "../../../../server/text/snapshot.ts";
import { ManualClock } from "../../../support/manual-clock.ts";

const limits = { fileBytes: 1000, files: 100 };
const never = new AbortController().signal;
const logs = "log.write(name, value);\nlog.write(name, value);\n";

describe("built-in completer", () => {
  let completer: BuiltinCompleter;
  let root = "";
  const start = () => {
    const workerPath = entryPoint("index-worker");
    completer = new BuiltinCompleter({ workerPath, log: silentLogger, clock: systemClock });
  };
  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), "hearth-builtin-")));
  });
  afterEach(async () => {
    completer.dispose();
    await rm(root, { recursive: true });
  });

  const uri = () => pathToFileURL(join(root, "open.ts")).href;
  const document = (text: string, version = 1) => new Snapshot(uri(), "typescript", version, text);
  const changeTo = (text: string, version: number) => completer.change(document(text, version), [text]);
  const complete = (offset: number, version = 1, signal = never) =>
    completer.complete({ uri: uri(), version, offset }, signal);
  const textOf = async (offset: number, version = 1) => {
    const answer = await complete(offset, version);
    return answer.kind === "answer" ? answer.text : answer.reason;
  };

  it("learns from a folder, follows a saved file, and forgets a deleted one", async () => {
    start();
    await writeFile(join(root, "a.ts"), logs);
    completer.addFolder(root, limits);
    completer.open(document("log.\n"));
    await completer.idle();
    assert.equal(await textOf(4), "write(name, value);");
    await writeFile(join(root, "a.ts"), logs.replaceAll("write", "print"));
    completer.saved(join(root, "a.ts"));
    await completer.idle();
    assert.equal(await textOf(4), "print(name, value);");
    await rm(join(root, "a.ts"));
    completer.saved(join(root, "a.ts"));
    await completer.idle();
    assert.equal(await textOf(4), "empty");
  });

  it("follows a folder that comes and goes", async () => {
    start();
    completer.addFolder(root, limits);
    await completer.idle();
    await mkdir(join(root, "sub"));
    await writeFile(join(root, "sub", "a.ts"), logs);
    completer.saved(join(root, "sub"));
    await completer.idle();
    assert.equal((await completer.status()).files, 1);
    await rm(join(root, "sub"), { recursive: true });
    completer.saved(join(root, "sub"));
    await completer.idle();
    assert.equal((await completer.status()).files, 0);
  });

  it("reads a folder again when its ignore rules change", async () => {
    start();
    await writeFile(join(root, "a.ts"), logs);
    completer.addFolder(root, limits);
    await completer.idle();
    await writeFile(join(root, ".hearthignore"), "*.ts\n");
    completer.saved(join(root, ".hearthignore"));
    await completer.idle();
    const { omitted } = await completer.status();
    assert.deepEqual(omitted.find(({ reason }) => reason === "ignored")?.examples, [join(root, "a.ts")]);
  });

  it("forgets a folder that is closed", async () => {
    start();
    await writeFile(join(root, "a.ts"), logs);
    completer.addFolder(root, limits);
    await completer.idle();
    assert.equal((await completer.status()).files, 1);
    completer.removeFolder(root);
    const status = await completer.status();
    assert.deepEqual([status.files, status.omitted], [0, []]);
  });

  it("says what it left out", async () => {
    start();
    await writeFile(join(root, "large.ts"), "x;\n".repeat(1000));
    await writeFile(join(root, ".env"), "A=1");
    completer.addFolder(root, limits);
    await completer.idle();
    const { omitted } = await completer.status();
    assert.deepEqual(omitted.map(({ reason, count }) => `${reason} ${count}`).sort(), [
      "secret 1",
      "too-large 1",
    ]);
  });

  it("follows the edits of a document", async () => {
    start();
    completer.open(document(logs));
    const at = { line: 2, character: 0 };
    completer.change(document(`${logs}log.\n`, 2), [{ range: { start: at, end: at }, text: "log.\n" }]);
    assert.equal(await textOf(logs.length + 4, 2), "write(name, value);");
    changeTo("whole\n", 3);
    assert.equal(await textOf(5, 3), "empty");
  });

  it("does not answer for a version that is gone, or to come", async () => {
    start();
    completer.open(document(`${logs}log.\n`, 5));
    assert.equal(await textOf(logs.length + 4, 4), "stale");
    assert.equal(await textOf(logs.length + 4, 6), "stale");
  });

  it("does not answer for a document that was closed", async () => {
    start();
    completer.open(document(logs));
    completer.close(uri());
    assert.equal(await textOf(0), "unknown-document");
  });

  it("does not follow a document that is too long, until it is shorter", async () => {
    start();
    completer.open(document(`${"x\n".repeat(2 ** 20)}y`));
    assert.equal(await textOf(0), "too-large");
    changeTo(`${logs}log.\n`, 2);
    assert.equal(await textOf(logs.length + 4, 2), "write(name, value);");
    changeTo("x\n".repeat(2 ** 20 + 1), 3);
    assert.equal(await textOf(0, 3), "too-large");
  });

  it("obeys an abort before and after the question is put", async () => {
    start();
    completer.open(document(`${logs}log.\n`));
    assert.deepEqual(await complete(0, 1, AbortSignal.abort()), { kind: "none", reason: "aborted" });
    const controller = new AbortController();
    const answer = complete(logs.length + 4, 1, controller.signal);
    controller.abort();
    assert.deepEqual(await answer, { kind: "none", reason: "aborted" });
  });

  it("answers every question when it is disposed", async () => {
    start();
    completer.open(document(logs));
    const answer = complete(0);
    completer.dispose();
    assert.deepEqual(await answer, { kind: "none", reason: "disposed" });
    assert.deepEqual(await complete(0), { kind: "none", reason: "disposed" });
    await completer.idle();
  });

  it("starts a dead worker again with what is open", async () => {
    const workerPath = fileURLToPath(new URL("../../../support/failing-worker.ts", import.meta.url));
    const clock = new ManualClock();
    completer = new BuiltinCompleter({ workerPath, log: silentLogger, clock });
    completer.addFolder(root, limits);
    completer.open(document("before"));
    changeTo("after", 2);
    assert.deepEqual(await complete(0, 2), { kind: "none", reason: "crashed" });
    assert.equal((await completer.status()).omitted.length, 0);
    await clock.advance(100);
    const { omitted } = await completer.status();
    assert.deepEqual(omitted[0]?.examples.toSorted(), ["after", root].sort());
  });

  describe("with a worker that may be stuck", () => {
    const clock = new ManualClock();
    beforeEach(() => {
      const workerPath = fileURLToPath(new URL("../../../support/stuck-worker.ts", import.meta.url));
      completer = new BuiltinCompleter({ workerPath, log: silentLogger, clock });
    });
    const askedAbout = (subject: string, signal = never) =>
      completer.complete({ uri: subject, version: 1, offset: 0 }, signal);

    it("ends it after two seconds and starts it again", async () => {
      await completer.status();
      const answer = askedAbout("stuck:");
      await clock.advance(2000);
      assert.deepEqual(await answer, { kind: "none", reason: "crashed" });
      assert.equal((await completer.status()).files, 0);
      await clock.advance(100);
      assert.equal((await completer.status()).files, 1);
    });

    it("ends it though nobody waits for the answer any more", async () => {
      await completer.status();
      const controller = new AbortController();
      const answer = askedAbout("stuck:", controller.signal);
      controller.abort();
      await answer;
      await clock.advance(2000);
      assert.deepEqual(await askedAbout("slow:"), { kind: "none", reason: "crashed" });
    });

    it("waits for one that is slow, as long as it answers a ping", async () => {
      await completer.status();
      const controller = new AbortController();
      const answer = askedAbout("slow:", controller.signal);
      for (let second = 0; second < 6; second++) {
        await clock.advance(1000);
        assert.equal((await completer.status()).files, 1);
      }
      controller.abort();
      assert.deepEqual(await answer, { kind: "none", reason: "aborted" });
    });

    it("waits for one that has not started yet", async () => {
      const status = completer.status();
      await clock.advance(10_000);
      assert.equal((await status).files, 1);
    });
  });

  it("tells how far reading is until nobody listens", async () => {
    start();
    const heard: BuiltinStatus[] = [];
    const listening = completer.onProgress((status) => heard.push(status));
    await writeFile(join(root, "a.ts"), logs);
    completer.addFolder(root, limits);
    await completer.idle();
    await completer.status();
    assert.deepEqual([heard[0]?.reading, heard.at(-1)?.reading, heard.at(-1)?.files], [true, false, 1]);
    const times = heard.length;
    listening.dispose();
    completer.addFolder(root, limits);
    await completer.idle();
    assert.equal(heard.length, times);
  });

  it("tells the end of a reading whose worker died, and the reading of the next one", async () => {
    const workerPath = fileURLToPath(new URL("../../../support/failing-worker.ts", import.meta.url));
    const clock = new ManualClock();
    completer = new BuiltinCompleter({ workerPath, log: silentLogger, clock });
    const heard: string[] = [];
    completer.onProgress(({ reading, files }) => heard.push(`${reading ? "reading" : "read"} ${files}`));
    completer.addFolder(root, limits);
    await completer.status();
    assert.deepEqual(heard, ["reading 1"]);
    await complete(0);
    assert.deepEqual(heard, ["reading 1", "read 0"]);
    await clock.advance(100);
    await completer.status();
    assert.deepEqual(heard, ["reading 1", "read 0", "reading 1"]);
  });
});
