/** `hearth/doctor` with the real checks, and what becomes of them when the person does not want to wait. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, it } from "mocha";
import { CancellationTokenSource, LSPErrorCodes } from "vscode-languageserver-protocol/node";
import { entryPoint } from "../../server/entries.ts";
import { type DoctorCheck, type DoctorResult, doctorRequest } from "../../server/protocol/doctor.ts";
import { trustNotification } from "../../server/protocol/trust.ts";
import { gone, never } from "../support/host-fixture.ts";
import { LanguageClient } from "../support/language-client.ts";
import { itNeeds, posix, procFs } from "../support/needs.ts";
import { gateway, openAiStandIn } from "../support/openai-stand-in.ts";
import { useHost } from "../support/use-host.ts";

/** A tenth of what the slowest check may take. */
const promptMs = 2000;

describe("the doctor of the language server", () => {
  const host = useHost({ infill: "return x;" });
  let client: LanguageClient;
  beforeEach(async () => {
    client = await LanguageClient.start({ home: host.home });
    await client.initialize();
  });
  afterEach(() => client.dispose());

  /** The process that the server starts to look at llama.cpp; a fork is not yet it, and the server waits for that. */
  async function probe(): Promise<number> {
    const { pid } = client.process;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
    const found = children.find((child) => commandOf(child).includes(entryPoint("probe")));
    if (found) return Number(found);
    await setImmediate();
    return probe();
  }

  /** Empty for one that has ended by now: the doctor asks short programs too. */
  function commandOf(child: string): string {
    try {
      return readFileSync(`/proc/${child}/cmdline`, "utf8");
    } catch (error) {
      if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH"))
        return "";
      throw error;
    }
  }

  async function hostCheck(): Promise<DoctorCheck | undefined> {
    const { checks } = await client.connection.sendRequest<DoctorResult>(doctorRequest.method, {});
    return checks.find(({ id }) => id === "host");
  }

  it("names the models that are loaded for anybody", async () => {
    assert.equal((await hostCheck())?.found, "no model is loaded");
    assert.equal(await host.client().metrics(), undefined, "a look starts no host");
    await host.client().open(host.spec, never);
    assert.match((await hostCheck())?.found ?? "", /^loaded: scripted-\w+ \(\d+ MiB\)$/);
  });

  it("asks no server that may be elsewhere from a workspace that is not trusted", async () => {
    const server = await openAiStandIn(gateway("qwen2.5-coder-7b"));
    const window = await LanguageClient.start({ home: host.home });
    try {
      const settings = { "roles.complete": "openai/qwen2.5-coder-7b", "runtimes.openai.url": server.url };
      await window.initialize({ initializationOptions: { settings, trusted: false } });
      const { checks } = await window.connection.sendRequest<DoctorResult>(doctorRequest.method, {});
      const role = checks.find(({ id }) => id === "roles.complete");
      assert.deepEqual(
        [role?.state, role?.found],
        ["ok", "openai/qwen2.5-coder-7b: not asked, since this workspace is not trusted"],
      );
      assert.deepEqual(server.asked, []);
      await window.connection.sendNotification(trustNotification.method, { trusted: true });
      await window.connection.sendRequest(doctorRequest.method, {});
      assert.ok(server.asked.length > 0);
    } finally {
      await window.dispose();
      await server.dispose();
    }
  });

  itNeeds(posix, "is not held by a model's process that hangs", async () => {
    const other = host.client();
    await other.open(host.spec, never);
    const pid = (await other.metrics())?.models[0]?.pid;
    assert.ok(pid !== undefined);
    process.kill(pid, "SIGSTOP");
    try {
      assert.match((await hostCheck())?.why ?? "", /The runtime host does not answer/);
    } finally {
      process.kill(pid, "SIGCONT");
    }
  });

  itNeeds(procFs, "ends at once when it is cancelled, and so does what it had started", async () => {
    const cancel = new CancellationTokenSource();
    const checked = client.connection.sendRequest(doctorRequest.method, {}, cancel.token);
    const pid = await probe();
    // It cannot answer, nor heed a signal that asks.
    process.kill(pid, "SIGSTOP");
    const cancelled = performance.now();
    cancel.cancel();
    await assert.rejects(checked, { code: LSPErrorCodes.RequestCancelled });
    assert.ok(performance.now() - cancelled < promptMs);
    await gone(pid);
  });
});
