/** Plans, lists and pulls by way of the language server: confirmed by the client, told as they go, resumed later. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, before, beforeEach, describe, it } from "mocha";
import {
  CancellationTokenSource,
  ConfigurationRequest,
  type InitializeParams,
  WorkDoneProgress,
  type WorkDoneProgressBegin,
  WorkDoneProgressCancelNotification,
  type WorkDoneProgressEnd,
  type WorkDoneProgressReport,
} from "vscode-languageserver-protocol/node";
import {
  type ConfirmFetchParams,
  confirmFetchRequest,
  type ModelsResult,
  modelsRequest,
  type PullProgressParams,
  type PullResult,
  pullProgressNotification,
  pullRequest,
} from "../../server/protocol/models.ts";
import { type PlanResult, planRequest } from "../../server/protocol/plan.ts";
import { hostFixture } from "../support/host-fixture.ts";
import { LanguageClient } from "../support/language-client.ts";
import { type HubOptions, ModelHub } from "../support/model-hub.ts";
import { RecordingProxy } from "../support/recording-proxy.ts";
import { scripted } from "../support/scripted-model.ts";

const file = "scripted-coder-q8_0.gguf";
const uri = "file:///tmp/hearth-models.ts";

describe("models by way of the language server", function () {
  this.timeout(60_000);
  const host = hostFixture();
  const closing: (() => void | Promise<void>)[] = [];
  let bytes: Buffer;
  before(async () => {
    bytes = await readFile(await scripted({ infill: "computed(first);" }));
  });
  let hub: ModelHub;
  beforeEach(async () => {
    hub = await startHub();
  });
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
    await host.dispose();
  });

  async function startHub(options: Partial<HubOptions> = {}): Promise<ModelHub> {
    const made = await ModelHub.start({ bytes, file, ...options });
    closing.push(() => made.dispose());
    return made;
  }

  interface Window {
    readonly client: LanguageClient;
    readonly asked: ConfirmFetchParams[];
    readonly progress: PullProgressParams[];
    readonly pull: (params?: object, token?: CancellationTokenSource["token"]) => Promise<PullResult>;
    readonly list: () => Promise<ModelsResult>;
  }

  interface Opening {
    readonly source: string;
    readonly settings: Readonly<Record<string, unknown>>;
    readonly params: Partial<InitializeParams>;
    readonly env: Readonly<Record<string, string>>;
    /** Undefined: a client that knows no such question. */
    readonly answer: ((asked: ConfirmFetchParams) => Promise<boolean>) | undefined;
  }

  const yes = async () => true;

  async function open(opening: Partial<Opening> = {}): Promise<Window> {
    const { source = hub.url, settings = {}, params = {}, env = {} } = opening;
    const answer = "answer" in opening ? opening.answer : yes;
    const client = await LanguageClient.start({ home: host.home, env });
    closing.push(() => client.dispose());
    const asked: ConfirmFetchParams[] = [];
    const progress: PullProgressParams[] = [];
    const { connection } = client;
    connection.onNotification(pullProgressNotification.method, (step: PullProgressParams) => {
      progress.push(step);
    });
    if (answer)
      connection.onRequest(confirmFetchRequest.method, async (question: ConfirmFetchParams) => {
        asked.push(question);
        return { confirmed: await answer(question) };
      });
    const options = { settings: { "models.source": source, ...settings } };
    await client.initialize({ ...params, initializationOptions: options });
    return {
      client,
      asked,
      progress,
      pull: (more = {}, token) =>
        connection.sendRequest(pullRequest.method, { name: hub.name, ...more }, ...(token ? [token] : [])),
      list: () => connection.sendRequest(modelsRequest.method, {}),
    };
  }

  const models = () => join(host.home, "models");

  it("plans for this machine, in the words of the command line", async () => {
    const { client } = await open();
    const plan = await client.connection.sendRequest<PlanResult>(planRequest.method, {});
    assert.ok(plan.hardware.cores > 0 && plan.because.length > 0);
    assert.equal(plan.fits, plan.roles.complete !== null);
  });

  it("pulls what was confirmed with host, bytes and licence, and tells how far it is", async () => {
    const { pull, asked, progress } = await open();
    assert.deepEqual(await pull(), {
      outcome: "fetched",
      model: "embedded/scripted-coder-q8_0",
      bytes: bytes.length,
    });
    const [question] = asked;
    assert.ok(question && asked.length === 1);
    const { text, ...rest } = question;
    assert.deepEqual(rest, {
      kind: "fetch",
      name: hub.name,
      hosts: [new URL(hub.url).host, hub.storeHost],
      bytes: bytes.length,
      have: 0,
      licence: "apache-2.0",
      licenceAccepted: false,
    });
    assert.match(text, /Licence: apache-2\.0/);
    const last = progress.at(-1);
    assert.deepEqual([last?.phase, last?.bytes, last?.total], ["fetching", bytes.length, bytes.length]);
    const got = createHash("sha256").update(await readFile(join(models(), file)));
    assert.equal(got.digest("hex"), hub.sha256);
    assert.equal((await pull()).outcome, "there");
  });

  it("asks nobody before the person has confirmed it", async () => {
    const proxy = await RecordingProxy.start(new Map());
    closing.push(() => proxy.dispose());
    const remote = { source: "http://models.example", env: { HTTP_PROXY: proxy.url } };
    const refusing = await open({ ...remote, answer: async () => false });
    assert.deepEqual(await refusing.pull(), { outcome: "declined" });
    assert.deepEqual(
      refusing.asked.map(({ kind, hosts }) => [kind, hosts]),
      [["look-up", ["models.example"]]],
    );
    const silent = await open({ ...remote, answer: undefined });
    const { outcome, error } = await silent.pull();
    assert.deepEqual([outcome, error?.code, proxy.hosts], ["failed", "nobody-asked", []]);
  });

  it("lists what is here, what it is used by, and what the catalogue offers", async () => {
    const { pull, list, client } = await open({
      settings: { "roles.complete": "embedded/scripted-coder-q8_0" },
    });
    assert.deepEqual((await list()).models, []);
    await pull();
    await client.status(({ roles }) => roles.complete.runtime === "embedded");
    const { models: here, catalogue, unfinished, source } = await list();
    assert.deepEqual(here, [
      {
        name: "embedded/scripted-coder-q8_0",
        bytes: bytes.length,
        fits: ["complete"],
        usedBy: ["complete"],
        licence: "apache-2.0",
      },
    ]);
    assert.deepEqual([unfinished, source], [[], hub.url]);
    for (const { pull: name } of catalogue) assert.match(name, /^[\w.-]+:\w+$/);
  });

  it("lets the role that waits for the model find it without a restart", async () => {
    const { pull, client } = await open({ settings: { "roles.complete": "embedded/scripted-coder-q8_0" } });
    await client.status(({ state }) => state === "failed");
    await pull();
    await client.status(({ state, roles }) => state === "ready" && roles.complete.runtime === "embedded");
    await client.open(uri, "const value = \n");
    const [item] = await client.complete(uri, { line: 0, character: 14 }, { manual: true });
    assert.equal(item?.insertText, "computed(first);");
  });

  for (const [way, cancel] of [
    ["the request", ({ token }) => token.cancel()],
    [
      "the progress",
      ({ client }) =>
        void client.connection.sendNotification(WorkDoneProgressCancelNotification.type, { token: "t1" }),
    ],
  ] satisfies readonly (readonly [
    string,
    (by: { readonly token: CancellationTokenSource; readonly client: LanguageClient }) => void,
  ])[]) {
    it(`ends when ${way} is cancelled, and goes on from there the next time`, async () => {
      const slow = await startHub({ rate: 1_000_000 });
      const window = await open({ source: slow.url });
      const token = new CancellationTokenSource();
      window.client.connection.onNotification(
        pullProgressNotification.method,
        ({ bytes: come }: PullProgressParams) => {
          if (come > 200_000) cancel({ token, client: window.client });
        },
      );
      const { outcome } = await window.pull({ workDoneToken: "t1" }, token.token);
      assert.equal(outcome, "cancelled");
      const { unfinished } = await window.list();
      assert.deepEqual(
        unfinished.map(({ pull, file: name, total }) => [pull, name, total]),
        [[hub.name, file, bytes.length]],
      );
      const again = await open();
      assert.equal((await again.pull()).outcome, "fetched");
      assert.ok((again.asked[0]?.have ?? 0) > 200_000);
    });
  }

  it("goes on after the window was closed in the middle", async () => {
    const slow = await startHub({ rate: 1_000_000 });
    const closed = await open({ source: slow.url });
    const come = new Promise<void>((resolve) => {
      closed.client.connection.onNotification(
        pullProgressNotification.method,
        ({ bytes: here }: PullProgressParams) => {
          if (here > 200_000) resolve();
        },
      );
    });
    closed.pull().catch(() => "nobody is left to hear it");
    await come;
    await closed.client.shutDown();
    const later = await open();
    const [left] = (await later.list()).unfinished;
    assert.equal(left?.pull, hub.name);
    assert.equal((await later.pull({ name: left?.pull })).outcome, "fetched");
    assert.deepEqual((await readdir(models())).toSorted(), [file, `${file}.json`]);
  });

  it("refuses in words what another window pulls already", async () => {
    const slow = await startHub({ rate: 2_000_000 });
    const [one, other] = [await open({ source: slow.url }), await open({ source: slow.url })];
    const results = await Promise.all([one.pull(), other.pull()]);
    assert.deepEqual(results.map(({ outcome }) => outcome).toSorted(), ["failed", "fetched"]);
    const refused = results.find(({ error }) => error !== undefined)?.error;
    assert.deepEqual(refused, {
      code: "taken",
      message: `Another pull of ${file} is running.`,
      mend: "Wait until it has ended.",
    });
  });

  it("speaks the protocol's own progress where the client gave a token", async () => {
    const { pull, client } = await open();
    const steps: (WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd)[] = [];
    client.connection.onProgress(WorkDoneProgress.type, "t2", (step) => void steps.push(step));
    await pull({ workDoneToken: "t2" });
    assert.deepEqual(steps[0], { kind: "begin", title: `Fetching ${hub.name}` });
    const reports = steps.filter(({ kind }) => kind === "report") as WorkDoneProgressReport[];
    assert.equal(reports.at(-1)?.percentage, 100);
    assert.equal(steps.at(-1)?.kind, "end");
  });

  it("takes the editor's own proxy, and none where the editor has turned it off", async () => {
    const places = new Map([
      ["models.example:80", new URL(hub.url).host],
      ["store.example:80", hub.storeHost],
    ]);
    const proxy = await RecordingProxy.start(places);
    closing.push(() => proxy.dispose());
    const params = { capabilities: { workspace: { configuration: true } } };
    const named = await startHub({ storeName: "store.example" });
    places.set("models.example:80", new URL(named.url).host).set("store.example:80", named.storeHost);

    async function pullWith(http: Readonly<Record<string, unknown>>): Promise<PullResult> {
      const source = "http://models.example";
      const window = await open({ source, params, env: { HTTP_PROXY: "http://127.0.0.1:1" } });
      window.client.connection.onRequest(ConfigurationRequest.type, ({ items }) =>
        items.map(({ section = "" }) => http[section] ?? null),
      );
      return window.pull();
    }
    assert.equal((await pullWith({ "http.proxy": proxy.url })).outcome, "fetched");
    assert.deepEqual(new Set(proxy.hosts), new Set(places.keys()));
    proxy.hosts.length = 0;
    const off = await pullWith({ "http.proxy": proxy.url, "http.proxySupport": "off" });
    assert.deepEqual([off.outcome, off.error?.code, proxy.hosts], ["failed", "unreachable", []]);
  });
});
