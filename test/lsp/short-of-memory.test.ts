/** What an editor is told of a model that memory does not hold: each step once, then how it runs. */

import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DoctorResult, doctorRequest } from "../../server/protocol/doctor.ts";
import { LanguageClient } from "../support/language-client.ts";
import { describeNeeds } from "../support/needs.ts";
import { realLlamaServer } from "../support/real-runtimes.ts";
import { scripted } from "../support/scripted-model.ts";
import { shortOfGpu } from "../support/short-of-gpu.ts";

const said =
  "ggml_backend_cuda_buffer_type_alloc_buffer: allocating 4095.05 MiB on device 0: cudaMalloc failed: out of memory";

describeNeeds(realLlamaServer.need, "an editor whose model memory does not hold", function () {
  this.timeout(120_000);
  let home = "";
  let client: LanguageClient | undefined;
  before(async () => {
    home = mkdtempSync(join(tmpdir(), "hearth-short-"));
    mkdirSync(join(home, "models"));
    const model = await scripted({ infill: "return x;" }, { contextTokens: 8192 });
    copyFileSync(model, join(home, "models", "coder.gguf"));
  });
  afterEach(async () => {
    await client?.dispose();
    client = undefined;
  });
  after(() => rmSync(home, { recursive: true }));

  async function open(program: string, more: object = {}): Promise<LanguageClient> {
    client = await LanguageClient.start({ home });
    const settings = { "roles.complete": "llama-server/coder", "runtimes.llamaServer.path": program };
    await client.initialize({ initializationOptions: { settings, ...more } });
    await client.status(({ roles }) => roles.complete.runtime === "llama-server");
    return client;
  }

  it("hears each step with its reason, and how it runs; the doctor says the same", async () => {
    const { program } = shortOfGpu(home, realLlamaServer.path, Array<string>(3).fill(said));
    const { statuses, connection } = await open(program);
    const half = (tokens: string) =>
      `coder gets a context of ${tokens} tokens: memory does not hold a longer one.`;
    const messages = statuses.map(({ message }) => message).filter((message) => message.startsWith("coder "));
    assert.deepEqual(
      messages.filter((message) => !message.includes("is loading")),
      [
        `coder is tried once more: memory ran out. llama-server says: ${said}`,
        `${half("4,096")} llama-server says: ${said}`,
        `${half("2,048")} llama-server says: ${said}`,
        half("2,048"),
      ],
    );
    const { state, mend } = statuses.at(-1) ?? assert.fail();
    assert.deepEqual([state, mend?.command], ["ready", "hearth.restart"]);
    const { checks } = await connection.sendRequest<DoctorResult>(doctorRequest.method, {});
    const host = checks.find(({ id }) => id === "host");
    assert.deepEqual([host?.state, host?.why], ["warn", half("2,048")]);
  });

  it("hears of less no more once a person has restarted it and memory holds it", async () => {
    const { statuses } = await open(join(home, "llama-server"), { restarted: true });
    assert.equal(statuses.at(-1)?.message, "");
  });
});
