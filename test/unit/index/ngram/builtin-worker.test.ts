import assert from "node:assert/strict";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { CrawlLimits } from "../../../../server/index/crawl/crawl.ts";
import type { BuiltinStatus, FromWorker } from "../../../../server/index/ngram/builtin-protocol.ts";
import { BuiltinWorker } from "../../../../server/index/ngram/builtin-worker.ts";
import { ManualClock } from "../../../support/manual-clock.ts";

const limits: CrawlLimits = { fileBytes: 10_000, files: 100 };
const logs = "log.write(name, value);\nlog.write(name, value);\n";

/** A worker in this thread, and the answers that it gives. */
class Bench {
  readonly progress: BuiltinStatus[] = [];
  readonly #waiting = new Map<number, (message: FromWorker) => void>();
  readonly #worker: BuiltinWorker;
  #lastId = 0;

  constructor(countsBytes = 2 ** 24) {
    const send = (message: FromWorker) => {
      if (message.kind === "progress") this.progress.push(message.status);
      else if ("id" in message) this.#waiting.get(message.id)?.(message);
    };
    this.#worker = new BuiltinWorker({ clock: new ManualClock(), countsBytes, send });
  }

  open(uri: string, text: string): void {
    this.#worker.receive({ kind: "open", document: { uri, languageId: "typescript", version: 1, text } });
  }

  change(uri: string, text: string): void {
    this.#worker.receive({ kind: "change", uri, version: 1, changes: [text] });
  }

  close(uri: string): void {
    this.#worker.receive({ kind: "close", uri });
  }

  async read(path: string, most = limits): Promise<void> {
    this.#worker.receive({ kind: "add-folder", path, limits: most });
    await this.#ask((id) => this.#worker.receive({ kind: "idle", id }));
  }

  async idle(): Promise<void> {
    await this.#ask((id) => this.#worker.receive({ kind: "idle", id }));
  }

  async status(): Promise<BuiltinStatus | undefined> {
    const message = await this.#ask((id) => this.#worker.receive({ kind: "status", id }));
    return message.kind === "status" ? message.status : undefined;
  }

  async complete(uri: string, offset: number): Promise<string> {
    const message = await this.#ask((id) =>
      this.#worker.receive({ kind: "complete", id, uri, version: 1, offset }),
    );
    if (message.kind !== "answer") return message.kind;
    return message.answer.kind === "answer" ? message.answer.text : message.answer.reason;
  }

  #ask(put: (id: number) => void): Promise<FromWorker> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      put(id);
    });
  }
}

describe("built-in worker", () => {
  let root = "";
  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), "hearth-worker-")));
  });
  afterEach(() => rm(root, { recursive: true }));
  const uriOf = (name: string) => pathToFileURL(join(root, name)).href;

  it("says while it finds out how sure it must be, and when it has", async () => {
    const bench = new Bench();
    await writeFile(join(root, "a.ts"), logs.repeat(50));
    await bench.read(root);
    assert.equal((await bench.status())?.calibrating, true);
    while ((await bench.status())?.calibrating) await nextTurn();
    assert.ok("typescript" in ((await bench.status())?.gates ?? {}));
  });

  const secret = "DATABASE_PASSWORD = tangerine\nDATABASE_PASSWORD = tangerine\n";
  const left: Readonly<Record<string, string>> = {
    "a file for secrets": ".env",
    "an ignored file": "notes.log",
    "an excluded file": "private.ts",
  };
  for (const [name, file] of Object.entries(left)) {
    it(`never offers elsewhere what ${name} says while it is open, or was`, async () => {
      const bench = new Bench();
      await writeFile(join(root, ".gitignore"), "*.log\n");
      await writeFile(join(root, file), secret);
      await bench.read(root, { ...limits, exclude: ["private.ts"] });
      bench.open(uriOf(file), secret);
      await bench.complete(uriOf(file), secret.length);
      bench.open(uriOf("b.ts"), "x = tang\n");
      assert.equal(await bench.complete(uriOf("b.ts"), 8), "empty");
      bench.change(uriOf("b.ts"), "DATABASE_\n");
      assert.equal(await bench.complete(uriOf("b.ts"), 9), "empty");
      bench.close(uriOf(file));
      await bench.idle();
      assert.equal(await bench.complete(uriOf("b.ts"), 9), "empty");
    });
  }

  it("says of a file for secrets that it is one", async () => {
    const bench = new Bench();
    bench.open(uriOf(".env"), secret);
    assert.equal(await bench.complete(uriOf(".env"), secret.length), "secret");
  });

  it("forgets what was typed into a file and not saved when it is closed", async () => {
    const bench = new Bench();
    await writeFile(join(root, "a.ts"), "let a;\n");
    await bench.read(root);
    bench.open(uriOf("a.ts"), logs);
    await bench.complete(uriOf("a.ts"), logs.length);
    bench.open(uriOf("b.ts"), "log.\n");
    assert.equal(await bench.complete(uriOf("b.ts"), 4), "write(name, value);");
    bench.close(uriOf("a.ts"));
    await bench.idle();
    assert.equal(await bench.complete(uriOf("b.ts"), 4), "empty");
  });

  it("knows a document that is no file only while it is open", async () => {
    const bench = new Bench();
    bench.open("untitled:Untitled-1", `${logs}log.\n`);
    assert.equal(await bench.complete("untitled:Untitled-1", logs.length + 4), "write(name, value);");
    bench.close("untitled:Untitled-1");
    bench.open(uriOf("b.ts"), "log.\n");
    assert.equal(await bench.complete(uriOf("b.ts"), 4), "empty");
  });

  it("never passes its limit", async () => {
    const bench = new Bench(200_000);
    for (let i = 0; i < 30; i++) await writeFile(join(root, `${i}.ts`), `call${i}(x);\n`.repeat(200));
    await bench.read(root);
    const status = await bench.status();
    assert.ok(status && status.bytes <= 200_000);
    assert.ok(status.omitted.some(({ reason }) => reason === "counts-full"));
  });

  it("says that reading began, and once that it ended", async () => {
    const bench = new Bench();
    await writeFile(join(root, "a.ts"), logs);
    await bench.read(root);
    await bench.status();
    const states = bench.progress.map(({ reading, files }) => ({ reading, files }));
    assert.deepEqual(states, [
      { reading: true, files: 0 },
      { reading: false, files: 1 },
    ]);
  });
});
