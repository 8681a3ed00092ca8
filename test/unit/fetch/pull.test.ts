/** Pulls against a repository on loopback that has everything happen to it that real ones have. */

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type Clock, systemClock } from "../../../server/base/clock.ts";
import { english } from "../../../server/base/l10n.ts";
import { FetchError } from "../../../server/fetch/fetch-error.ts";
import type { FetchQuestion } from "../../../server/fetch/fetch-question.ts";
import { questionText } from "../../../server/fetch/fetch-words.ts";
import type { PullOptions } from "../../../server/fetch/pull-model.ts";
import type { TransferProgress } from "../../../server/fetch/transfer-progress.ts";
import { WebClient } from "../../../server/fetch/web-client.ts";
import { pullFrom } from "../../support/fetching.ts";
import { ggufBytes } from "../../support/gguf-fixtures.ts";
import { type Fault, type HubOptions, ModelHub } from "../../support/model-hub.ts";

const never = new AbortController().signal;
const bytes = Buffer.concat([ggufBytes(), randomBytes(3_000_000)]);

/** Waits for nothing longer than a moment, so that pauses between tries cost a test no time. */
const hurried: Clock = {
  now: () => systemClock.now(),
  after: (ms, callback) => systemClock.after(ms >= 1000 ? 120 : Math.min(ms, 5), callback),
};

describe("pulling a model", () => {
  let home = "";
  let hub: ModelHub;
  let client: WebClient;
  const started: { dispose(): void }[] = [];

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "hearth-pull-"));
    client = new WebClient({ httpProxy: "", httpsProxy: "", noProxy: "" });
    hub = await start({ bytes });
  });
  afterEach(async () => {
    client.dispose();
    for (const one of started.splice(0)) one.dispose();
    await rm(home, { recursive: true });
  });

  async function start(options: HubOptions): Promise<ModelHub> {
    const made = await ModelHub.start(options);
    started.push(made);
    return made;
  }

  interface Pulling {
    readonly hub: ModelHub;
    readonly name: string;
    readonly faults: readonly Fault[];
    readonly options: Partial<PullOptions>;
    readonly signal: AbortSignal;
  }

  function pull(pulling: Partial<Pulling> = {}) {
    const { hub: from = hub, faults = [], name, options = {}, signal = never } = pulling;
    from.faults.push(...faults);
    return pullFrom(from, { home, client, clock: hurried, name, signal, ...options });
  }

  const path = (end = "") => join(home, "models", `${hub.file}${end}`);
  const files = async () => (await readdir(join(home, "models"))).toSorted();

  async function assertPulled(): Promise<void> {
    const got = createHash("sha256")
      .update(await readFile(path()))
      .digest("hex");
    assert.equal(got, hub.sha256);
    assert.deepEqual(await files(), [hub.file, `${hub.file}.json`]);
  }

  async function assertFails(code: string, pulling: Partial<Pulling> = {}): Promise<FetchError> {
    const error = await pull(pulling).then(
      () => assert.fail("it was pulled"),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof FetchError, String(error));
    assert.equal(error.code, code);
    return error;
  }

  it("asks with hosts, bytes and licence, fetches, and keeps what is known of it", async () => {
    const { result, asked } = await pull();
    await assertPulled();
    assert.equal(result.state, "fetched");
    const [question] = asked;
    assert.ok(question?.kind === "fetch" && asked.length === 1);
    const { offer, licence } = question;
    assert.deepEqual(offer.hosts, [new URL(hub.url).host, hub.storeHost]);
    assert.deepEqual(
      [offer.bytes, offer.sha256, offer.licence],
      [bytes.length, hub.sha256, { id: "apache-2.0" }],
    );
    assert.equal(licence, "new");
    const record = JSON.parse(await readFile(path(".json"), "utf8")) as Record<string, unknown>;
    assert.equal(record["sha256"], hub.sha256);
    for (const { headers } of hub.seen)
      for (const name of ["authorization", "cookie", "referer"]) assert.equal(headers[name], undefined);
  });

  it("fetches nothing that is there already", async () => {
    await pull();
    const { result } = await pull();
    assert.equal(result.state, "there");
    assert.equal(hub.gets.length, 1);
  });

  it("knows a file that lost its record by its bytes", async () => {
    await pull();
    await rm(path(".json"));
    assert.equal((await pull()).result.state, "there");
    await assertPulled();
  });

  it("leaves another file of the name alone", async () => {
    await mkdir(join(home, "models"), { recursive: true });
    await writeFile(path(), "mine");
    await assertFails("exists");
    assert.equal(await readFile(path(), "utf8"), "mine");
  });

  it("asks about a licence once, and where connections are free about nothing else", async () => {
    await pull();
    await rm(join(home, "models"), { recursive: true });
    const again = await pull();
    assert.deepEqual(
      again.asked.map((question) => question.kind === "fetch" && question.licence),
      ["accepted"],
    );
    await rm(join(home, "models"), { recursive: true });
    assert.deepEqual((await pull({ options: { offline: false } })).asked, []);
  });

  it("says of a name of the catalogue which file of whom it is, before anybody is asked", async () => {
    let shown = "";
    const ask = async (question: FetchQuestion) => {
      shown = questionText(question, english);
      return "no" as const;
    };
    const options = { source: "https://models.example", ask };
    await assert.rejects(pull({ name: "qwen2.5-coder-0.5b", options }), { code: "declined" });
    const [first] = shown.split("\n");
    assert.equal(
      first,
      "models.example will be asked for bartowski/Qwen2.5-Coder-0.5B-GGUF/Qwen2.5-Coder-0.5B-Q4_K_M.gguf.",
    );
  });

  const passing: Readonly<Record<string, readonly Fault[]>> = {
    "a connection that breaks twice": [
      { kind: "break", after: 1_000_000 },
      { kind: "break", after: 500_000 },
    ],
    "429 with Retry-After in seconds": [{ kind: "status", status: 429, headers: { "retry-after": "2" } }],
    "503 with Retry-After as a date": [
      { kind: "status", status: 503, headers: { "retry-after": new Date().toUTCString() } },
    ],
    "500 and 502": [
      { kind: "status", status: 500 },
      { kind: "status", status: 502 },
    ],
    "a range that was not asked for": [{ kind: "break", after: 700_000 }, { kind: "wrong-range" }],
    "a store that forgets ranges": [{ kind: "break", after: 700_000 }, { kind: "no-ranges" }],
    "416 in the middle": [
      { kind: "break", after: 700_000 },
      { kind: "status", status: 416, headers: { "content-range": "bytes */5" } },
    ],
  };
  for (const [what, faults] of Object.entries(passing)) {
    it(`comes through ${what}`, async () => {
      await pull({ faults });
      await assertPulled();
      assert.equal(hub.gets.length, faults.length + 1 - (what.includes("forgets") ? 1 : 0));
    });
  }

  it("asks for the rest alone, on the condition that it is still the same file", async () => {
    await pull({ faults: [{ kind: "break", after: 1_000_000 }] });
    const { range, "if-range": condition } = hub.gets[1]?.headers ?? {};
    assert.match(range ?? "", /^bytes=\d{5,}-$/);
    assert.equal(condition, `"${hub.sha256}"`);
  });

  it("gives up a connection from which nothing comes, and goes on with another", async () => {
    await pull({ faults: [{ kind: "stall", after: 900_000 }] });
    await assertPulled();
  });

  it("gives up a host from which next to nothing comes, and keeps what came", async () => {
    const slow = await start({ bytes, rate: 5000 });
    const error = await assertFails("too-slow", {
      hub: slow,
      options: { patience: { ms: 1000, leastBytes: 1e6, lookUpMs: 60_000 } },
    });
    assert.equal(error.values[0], slow.storeHost);
    assert.deepEqual(await files(), [`${hub.file}.part`, `${hub.file}.part.json`]);
  });

  it("gives up a host whose words about a model do not come to an end", async () => {
    const endless = await start({ bytes, drips: true });
    const patience = { ms: 60_000, leastBytes: 1, lookUpMs: 200 };
    const error = await assertFails("too-slow", { hub: endless, options: { patience } });
    assert.deepEqual([error.values, endless.seen.length], [[new URL(endless.url).host], 1]);
  });

  it("does not wait for a host that asks for an hour", async () => {
    await assertFails("busy", {
      faults: [{ kind: "status", status: 429, headers: { "retry-after": "3600" } }],
    });
    assert.equal(hub.gets.length, 1);
  });

  it("ends when the person says so, and goes on from there the next time", async () => {
    const stop = new AbortController();
    const slow = await start({ bytes, rate: 4_000_000 });
    const onProgress = ({ bytes: here }: TransferProgress) => here > 1_000_000 && stop.abort();
    await assert.rejects(
      pull({ hub: slow, options: { onProgress }, signal: stop.signal }),
      stop.signal.reason,
    );
    const { result, progress } = await pull();
    assert.ok(result.resumedFrom > 1_000_000, String(result.resumedFrom));
    assert.ok(progress.some(({ phase }) => phase === "checking"));
    await assertPulled();
  });

  it("starts anew when the part is of another file", async () => {
    await pull({ faults: [{ kind: "redirect", to: "http://127.0.0.1:1/" }] }).catch(() => {});
    await writeFile(path(".part"), bytes.subarray(0, 5000));
    const state = JSON.parse(await readFile(path(".part.json"), "utf8")) as Record<string, unknown>;
    await writeFile(path(".part.json"), JSON.stringify({ ...state, sha256: "0".repeat(64) }));
    assert.equal((await pull()).result.resumedFrom, 0);
    await assertPulled();
  });

  it("finishes what was whole when it was killed, without asking for a byte", async () => {
    await pull();
    const state = { url: `${hub.url}/x`, bytes: bytes.length, sha256: hub.sha256 };
    await rm(path());
    await writeFile(path(".part"), bytes);
    await writeFile(path(".part.json"), JSON.stringify(state));
    for (const end of [".part.json.1.new", ".json.2.new"]) await writeFile(path(end), "{");
    await pull();
    assert.equal(hub.gets.length, 1);
    await assertPulled();
  });

  it("sets a file aside that is not the promised one", async () => {
    await assertFails("wrong-hash", { faults: [{ kind: "other-bytes" }] });
    assert.deepEqual(await files(), [`${hub.file}.wrong`]);
    await pull();
  });

  it("notices bytes that changed while the download rested", async () => {
    await pull({ faults: [{ kind: "status", status: 404 }] }).catch(() => {});
    const changed = Buffer.from(bytes.subarray(0, 5000));
    changed[100] = (changed[100] ?? 0) ^ 1;
    await writeFile(path(".part"), changed);
    await assertFails("wrong-hash");
  });

  it("lets nothing be a model whose header is unsound", async () => {
    const other = await start({ bytes: Buffer.alloc(10_000, 1) });
    await assertFails("not-a-model", { hub: other });
    assert.deepEqual(await files(), [`${hub.file}.wrong`]);
  });

  const failing: Readonly<Record<string, readonly [string, Fault]>> = {
    "a file that was taken away": ["not-found", { kind: "status", status: 404 }],
    "one that wants an account": ["forbidden", { kind: "status", status: 401 }],
    "a body without end": ["wrong-size", { kind: "endless" }],
    "a body of another size": [
      "wrong-size",
      { kind: "status", status: 200, headers: { "content-length": "0" } },
    ],
  };
  for (const [what, [code, fault]] of Object.entries(failing))
    it(`fails at ${what}`, async () => void (await assertFails(code, { faults: [fault] })));

  it("fails before a byte comes when there is no room", async () => {
    const huge = await start({ bytes, promised: { size: 2 ** 52 } });
    await assertFails("no-space", { hub: huge });
    assert.equal(huge.gets.length, 0);
  });

  it("fails before a person is asked where the models would take more than they may", async () => {
    await mkdir(join(home, "models"), { recursive: true });
    await writeFile(join(home, "models", "other.gguf"), Buffer.alloc(1_000_000));
    const asked: FetchQuestion[] = [];
    const ask = async (question: FetchQuestion) => {
      asked.push(question);
      return "yes" as const;
    };
    await assertFails("over-limit", { options: { maxGigabytes: 0.003, ask } });
    assert.deepEqual([asked, hub.gets], [[], []]);
    await pull({ options: { maxGigabytes: 0.006 } });
  });

  it("takes a hash behind the name for the promised one", async () => {
    await assertFails("wrong-hash", { name: `${hub.name}@sha256:${"1".repeat(64)}` });
  });

  it("lets one pull at a time write under a name", async () => {
    const slow = await start({ bytes, rate: 20_000_000 });
    const [one, other] = await Promise.allSettled([pull({ hub: slow }), pull({ hub: slow })]);
    const failed = [one, other].find(({ status }) => status === "rejected");
    assert.ok(failed?.status === "rejected" && failed.reason instanceof FetchError);
    assert.equal(failed.reason.code, "taken");
    await assertPulled();
  });

  it("says which files there are when none is meant", async () => {
    const error = await assertFails("unknown-model", { name: `${hub.repository}:Q2_K` });
    assert.deepEqual(error.values, [`${hub.repository}:Q2_K`, hub.file]);
    assert.equal((await pull({ name: `${hub.repository}:q8_0` })).result.file, hub.file);
  });

  it("fetches nothing that is declined, and nothing where nobody can be asked", async () => {
    await assertFails("declined", { options: { ask: async () => "no" } });
    await assertFails("nobody-asked", { options: { ask: async () => "nobody" } });
    assert.equal(hub.gets.length, 0);
  });
});
