/** A proxy is the one of whoever asks: a host has the environment of whoever started it, perhaps long ago. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { defaultSettings } from "../../server/config/resolve-settings.ts";
import { toRuntimeError } from "../../server/model/runtime-error.ts";
import { modelSpec } from "../../server/model-spec.ts";
import { hostFixture, never } from "../support/host-fixture.ts";
import { gateway, openAiStandIn } from "../support/openai-stand-in.ts";
import { RecordingProxy } from "../support/recording-proxy.ts";

const model = "qwen2.5-coder-7b";
const url = "http://models.test:8000";

describe("the proxy of a client", function () {
  this.timeout(30_000);
  const host = hostFixture();
  const ends: (() => unknown)[] = [];
  let before: NodeJS.ProcessEnv = {};
  beforeEach(() => {
    before = { ...process.env };
  });
  afterEach(async () => {
    process.env = before;
    await host.dispose();
    for (const end of ends.splice(0)) await end();
  });

  async function open(env: Readonly<Record<string, string>>): Promise<string> {
    const settings = { ...defaultSettings, "runtimes.openai.url": url };
    const { spec } = await modelSpec(
      { kind: "remote", runtime: "openai", model },
      { settings, models: host.home, env },
    );
    const opened = host.client().open(spec, never);
    return opened.then(
      ({ info }) => info.name,
      (error: unknown) => toRuntimeError(error).message,
    );
  }

  it("is used, and not that of the one who started the host", async () => {
    const server = await openAiStandIn(gateway(model));
    const proxy = await RecordingProxy.start({ all: new URL(server.url).host });
    ends.push(
      () => proxy.dispose(),
      () => server.dispose(),
    );
    process.env["HTTP_PROXY"] = "http://127.0.0.1:9";
    assert.match(
      await open({ HTTP_PROXY: "http://127.0.0.1:9" }),
      /^The proxy 127\.0\.0\.1:9 does not answer/,
    );
    assert.equal(await open({ HTTP_PROXY: proxy.url }), model);
    assert.deepEqual([...new Set(proxy.hosts)], ["models.test:8000"]);
    assert.match(await open({}), /models\.test|name server/i);
    assert.match(await open({}), /^(?!The proxy)/);
  });
});
