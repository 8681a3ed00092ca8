/** `hearth models`, as a shell sees it: pulls that are killed, hosts that were not confirmed, files that change. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, watch, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { entryPoint } from "../../server/entries.ts";
import { WebClient } from "../../server/fetch/web-client.ts";
import { alone } from "../support/alone.ts";
import { ggufBytes } from "../support/gguf-fixtures.ts";
import { type HubOptions, ModelHub } from "../support/model-hub.ts";
import { type OllamaStandIn, ollamaStandIn } from "../support/ollama-stand-in.ts";
import { RecordingProxy } from "../support/recording-proxy.ts";
import { runCli } from "../support/run-cli.ts";

const bytes = Buffer.concat([ggufBytes(), randomBytes(2_000_000)]);

describe("hearth models", function () {
  this.timeout(120_000);
  let folder = "";
  const started: { dispose(): void }[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "hearth-models-"));
  });
  afterEach(async () => {
    for (const one of started.splice(0)) one.dispose();
    await rm(folder, { recursive: true });
  });

  async function startHub(options: Partial<HubOptions> = {}): Promise<ModelHub> {
    const hub = await ModelHub.start({ bytes, ...options });
    started.push(hub);
    return hub;
  }

  const home = () => join(folder, "home");
  const models = (name = "") => join(home(), "models", name);

  async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const { status, stdout, stderr } = await runCli({
      args: ["models", ...args, "--json"],
      cwd: folder,
      env: { HEARTH_HOME: home(), ...env },
    });
    return { status, stderr, json: JSON.parse(stdout) as Record<string, unknown> };
  }

  const codeOf = (json: Record<string, unknown>) => (json["error"] as { code: string }).code;

  async function assertPulled(hub: ModelHub): Promise<void> {
    const got = createHash("sha256")
      .update(await readFile(models(hub.file)))
      .digest("hex");
    assert.equal(got, hub.sha256);
    assert.deepEqual((await readdir(models())).toSorted(), [hub.file, `${hub.file}.json`]);
  }

  const partSize = (hub: ModelHub) =>
    stat(models(`${hub.file}.part`)).then(
      ({ size }) => size,
      () => 0,
    );

  /** Resolves when so much has come, at whatever is written then; also when `ended` does. */
  async function atBytes(wanted: number, hub: ModelHub, ended: Promise<unknown>): Promise<void> {
    await mkdir(models(), { recursive: true });
    const left = new AbortController();
    void ended.then(() => left.abort());
    try {
      for await (const _ of watch(models(), { signal: left.signal }))
        if ((await partSize(hub)) >= wanted) return;
    } catch (error) {
      if (!left.signal.aborted) throw error;
    }
  }

  it("goes on after it was killed ten times, anywhere, and ends with the right bytes", async () => {
    const hub = await startHub({ rate: 600_000 });
    const pulling = [
      entryPoint("cli"),
      "models",
      "pull",
      hub.name,
      "--yes",
      "--set",
      `models.source=${hub.url}`,
    ];
    const env = { PATH: process.env["PATH"], HEARTH_HOME: home(), ...alone };
    const kills = 10;
    for (let kill = 0; kill < kills; kill++) {
      const child = spawn(process.execPath, pulling, { cwd: folder, env, stdio: "ignore" });
      const ended = once(child, "exit");
      await atBytes((await partSize(hub)) + Math.random() * (bytes.length / (kills + 2)), hub, ended);
      child.kill("SIGKILL");
      assert.deepEqual(await ended, [null, "SIGKILL"]);
    }
    const { status } = await run(["pull", hub.name, "--yes", "--set", `models.source=${hub.url}`]);
    assert.equal(status, 0);
    await assertPulled(hub);
    assert.ok(
      hub.gets.some(({ headers }) => headers.range !== undefined),
      "nothing was ever resumed",
    );
  });

  describe("behind a proxy that notes the hosts", () => {
    let hub: ModelHub;
    let proxy: RecordingProxy;
    beforeEach(async () => {
      hub = await startHub({ storeName: "store.example" });
      const places = new Map([
        ["models.example:80", new URL(hub.url).host],
        ["store.example:80", hub.storeHost],
        ["evil.example:80", hub.storeHost],
      ]);
      proxy = await RecordingProxy.start(places);
      started.push(proxy);
    });

    const pull = (...flags: readonly string[]) =>
      run(["pull", hub.name, "--set", "models.source=http://models.example", ...flags], {
        HTTP_PROXY: proxy.url,
        HTTPS_PROXY: proxy.url,
      });

    it("asks for exactly those that it named", async () => {
      const { status, stderr } = await pull("--yes");
      assert.equal(status, 0, stderr);
      assert.deepEqual(new Set(proxy.hosts), new Set(["models.example:80", "store.example:80"]));
      assert.match(stderr, /From: models\.example, store\.example\n/);
      await assertPulled(hub);
    });

    it("asks for none where nobody has confirmed one", async () => {
      const { status, json } = await pull();
      assert.deepEqual([status, codeOf(json), proxy.hosts], [1, "nobody-asked", []]);
    });

    it("asks for none to which a store sends it on without a word", async () => {
      hub.faults.push({ kind: "redirect", to: "http://evil.example/x" });
      const { status, json } = await pull("--yes");
      assert.deepEqual([status, codeOf(json)], [1, "host-unconfirmed"]);
      assert.ok(!proxy.hosts.includes("evil.example:80"));
    });

    it("would see one that is asked for all the same: control", async () => {
      hub.faults.push({ kind: "redirect", to: "http://evil.example/x" });
      const client = new WebClient({ httpProxy: proxy.url, httpsProxy: proxy.url, noProxy: "" });
      started.push(client);
      const url = new URL("http://store.example/x");
      const hosts = new Set(["store.example", "evil.example"]);
      const reply = await client.open({ url, hosts }, new AbortController().signal);
      assert.ok(reply.kind === "answer" && reply.answer.url.host === "evil.example");
      reply.answer.discard();
      assert.deepEqual(proxy.hosts, ["store.example:80", "evil.example:80"]);
    });

    it("is not asked for what is on this machine", async () => {
      const direct = await startHub();
      const env = { HTTP_PROXY: proxy.url };
      const { status } = await run(
        ["pull", direct.name, "--yes", "--set", `models.source=${direct.url}`],
        env,
      );
      assert.deepEqual([status, proxy.hosts], [0, []]);
    });

    it("tells a proxy that refuses from a host that is not there", async () => {
      const { status, json } = await run(
        ["pull", hub.name, "--yes", "--set", "models.source=http://nowhere.example"],
        { HTTP_PROXY: proxy.url },
      );
      assert.equal(status, 1);
      assert.deepEqual(json["error"], {
        code: "unreachable",
        message: `nowhere.example does not answer (HTTP 502, ${new URL(proxy.url).host}).`,
        mend: "Check the network, HTTPS_PROXY and models.source, then run the same command again.",
      });
    });
  });

  it("imports, lists, checks, counts and removes a file of the person's own", async () => {
    const own = join(folder, "own-q8_0.gguf");
    await writeFile(own, bytes);
    const imported = await run(["import", own]);
    assert.deepEqual([imported.status, imported.json["name"]], [0, "own-q8_0"]);
    const listed = (await run(["list"])).json["models"] as readonly Record<string, unknown>[];
    assert.deepEqual(
      listed.map(({ name, bytes: size }) => [name, size]),
      [["own-q8_0", bytes.length]],
    );
    assert.equal((await run(["verify"])).status, 0);
    assert.ok(Number((await run(["du"])).json["bytes"]) >= bytes.length);

    const changed = Buffer.from(bytes);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    await writeFile(models("own-q8_0.gguf"), changed);
    const verified = await run(["verify"]);
    assert.equal(verified.status, 1);
    assert.deepEqual(verified.json["models"], [{ name: "own-q8_0", state: "changed" }]);
    const told = await runCli({ args: ["models", "verify"], cwd: folder, env: { HEARTH_HOME: home() } });
    assert.equal(told.stdout, "embedded/own-q8_0  not what was imported\n");
    assert.equal(
      told.stderr,
      `embedded/own-q8_0 cannot be trusted.\nRemove it (hearth models rm own-q8_0), and import it again from ${own}.\n`,
    );

    const misspelt = await run(["rm", "own-q8"]);
    assert.deepEqual(misspelt.json["error"], {
      code: "unknown-model",
      message: "There is no model own-q8.",
      mend: "Did you mean own-q8_0?",
    });
    const unlike = await run(["rm", "plain"]);
    assert.equal((unlike.json["error"] as { mend: string }).mend, "See hearth models list.");
    const removed = await runCli({
      args: ["models", "rm", "own-q8_0"],
      cwd: folder,
      env: { HEARTH_HOME: home() },
    });
    assert.match(removed.stdout, /^Removed embedded\/own-q8_0: 2\.\d+ MB came free\.\n$/);
    assert.deepEqual(await readdir(models()), []);
  });

  it("imports what is here already no second time, and another file under a name of its own", async () => {
    const own = join(folder, "own-q8_0.gguf");
    await writeFile(own, bytes);
    await run(["import", own]);
    const again = await run(["import", own]);
    assert.deepEqual([again.status, again.json["state"]], [0, "there"]);
    const changed = Buffer.from(bytes);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    await writeFile(own, changed);
    const other = await run(["import", own]);
    assert.deepEqual(other.json["error"], {
      code: "exists",
      message: "There is another model under the name own-q8_0.gguf.",
      mend: "Remove it first with hearth models rm, or give the new one a name: --as NAME.",
    });
    const named = await run(["import", own, "--as", "second-q8_0"]);
    assert.deepEqual([named.status, named.json["name"]], [0, "second-q8_0"]);
    assert.equal((await run(["verify"])).status, 0);
    assert.equal(codeOf((await run(["import", own, "--as", "../third"])).json), "name-unclear");
  });

  describe("beside an Ollama", () => {
    let ollama: OllamaStandIn;
    beforeEach(async () => {
      ollama = await ollamaStandIn();
    });
    afterEach(() => ollama.dispose());
    const set = () => ["--set", `runtimes.ollama.url=${ollama.url}`];

    it("lists what that has too, in columns", async () => {
      const own = join(folder, "own-q8_0.gguf");
      await writeFile(own, bytes);
      await run(["import", own]);
      const { stdout } = await runCli({
        args: ["models", "list", ...set()],
        cwd: folder,
        env: { HEARTH_HOME: home() },
      });
      assert.match(
        stdout,
        /^embedded\/own-q8_0 {9}2\.\d+ MB {2}chat {7}Q8_0 {2}context [\d,]+\nollama\/qwen-coder:latest {11}in Ollama\nollama\/r1:7b {23}in Ollama\n/,
      );
      const { json } = await run(["list", ...set()]);
      assert.deepEqual(json["ollama"], ["qwen-coder:latest", "r1:7b", "r1:14b"]);
      const [model] = json["models"] as readonly Record<string, unknown>[];
      assert.deepEqual([model?.["quant"], model?.["reasons"]], ["Q8_0", false]);
    });

    it("leaves removing to it", async () => {
      const { json } = await run(["rm", "ollama/r1:7b"]);
      assert.deepEqual(json["error"], {
        code: "in-ollama",
        message: "Ollama keeps ollama/r1:7b, not Hearth.",
        mend: "Remove it there: ollama rm r1:7b.",
      });
    });
  });

  it("counts no notes beside models, and no empty folders", async () => {
    const own = join(folder, "own-q8_0.gguf");
    await writeFile(own, bytes);
    await run(["import", own]);
    await mkdir(join(home(), "backends"));
    const { stdout } = await runCli({ args: ["models", "du"], cwd: folder, env: { HEARTH_HOME: home() } });
    assert.match(stdout, /own-q8_0\.gguf\n/);
    assert.ok(!/\.json|backends/.test(stdout), stdout);
  });

  it("imports nothing that is no model", async () => {
    const own = join(folder, "letter.gguf");
    await writeFile(own, "Dear reader");
    const { status, json } = await run(["import", own]);
    assert.deepEqual([status, codeOf(json)], [1, "model-invalid"]);
    assert.equal(codeOf((await run(["import", join(folder, "none.gguf")])).json), "not-here");
  });

  it("guesses at no name that is like none", async () => {
    const mendOf = async (name: string) =>
      ((await run(["pull", name])).json["error"] as { mend: string }).mend;
    assert.equal(
      await mendOf("foo"),
      "hearth plan names what fits here; any other is named as OWNER/REPOSITORY/FILE.gguf.",
    );
    assert.match(await mendOf("qwen2.5-coder-0.5"), /^Did you mean qwen2\.5-coder-0\.5b, /);
  });

  it("speaks to a person in their language, without escape codes where there is no terminal", async () => {
    const hub = await startHub();
    const { status, stdout, stderr } = await runCli({
      args: ["--lang", "zh-cn", "models", "pull", hub.name, "--yes", "--set", `models.source=${hub.url}`],
      cwd: folder,
      env: { HEARTH_HOME: home() },
    });
    assert.equal(status, 0);
    assert.match(stdout, /^已下载 .*SHA-256 与预期一致。\n$/);
    assert.match(stderr, /^文件：model-q8_0\.gguf[^]*许可证：apache-2\.0\n/);
    assert.ok(!stderr.includes("\u001b"));
  });
});
