/** How a llama-server is started, by what its build takes. */

import assert from "node:assert/strict";
import { flagsIn } from "../../../../server/runtime/llama-server/program-flags.ts";
import { fixedBy, startArguments } from "../../../../server/runtime/llama-server/start-arguments.ts";

const at = { port: 4321, url: "http://127.0.0.1:4321", key: "secret" };
const fixed = " --model /m.gguf --host 127.0.0.1 --port 4321";

interface Unusual {
  readonly gpuLayers?: number;
  readonly again?: true;
}

function check(help: string, usual: string, last = "", { again, ...more }: Unusual = {}): void {
  const start = {
    ...more,
    flags: flagsIn(help),
    modelPath: "/m.gguf",
    contextTokens: 4096,
    more: ["--host", "0.0.0.0"],
  };
  assert.equal(startArguments(start, { ...at, ...(again ? { again } : {}) }).join(" "), usual + fixed + last);
}

describe("the arguments of a llama-server", () => {
  it("of a new build", () =>
    check(
      `-c,    --ctx-size N                     size of the prompt context
-np,   --parallel N                     number of server slots
-cram, --cache-ram N                    set the maximum cache size in MiB
--ui,  --webui, --no-ui, --no-webui     whether to enable the Web UI
--api-key KEY                           API key
                                        (env: LLAMA_API_KEY)
--offline                               Offline mode`,
      "--parallel 2 --ctx-size 8192 --cache-ram 1024 --host 0.0.0.0 --offline --no-ui",
    ));
  it("of an old one, which takes its key there alone", () =>
    check(
      "  -c N, --ctx-size N   size\n  --no-webui   disable\n",
      "--ctx-size 8192 --host 0.0.0.0 --no-webui",
      " --api-key secret",
    ));
  it("of one that may use a part of the GPU, or nothing of it", () => {
    const help =
      "--ctx-size N\n-ngl, --gpu-layers, --n-gpu-layers N\n-dev, --device <dev1,dev2,..>\n--offline\n(env: LLAMA_API_KEY)";
    const rest = "--host 0.0.0.0 --offline";
    check(help, `--ctx-size 8192 --n-gpu-layers 12 ${rest}`, "", { gpuLayers: 12 });
    check(help, `--ctx-size 8192 --n-gpu-layers 0 --device none ${rest}`, "", { gpuLayers: 0 });
  });
  it("of one that takes the place of another, which has warmed the machine up", () => {
    const help = "--ctx-size N\n--warmup, --no-warmup   an empty run\n(env: LLAMA_API_KEY)";
    check(help, "--ctx-size 8192 --host 0.0.0.0");
    check(help, "--ctx-size 8192 --no-warmup --host 0.0.0.0", "", { again: true });
    check("--ctx-size N\n(env: LLAMA_API_KEY)", "--ctx-size 8192 --host 0.0.0.0", "", { again: true });
  });
  it("of the person's own, which decide what they name", () => {
    assert.deepEqual(fixedBy(["-c", "4096"]), { template: false, context: true, layers: false });
    assert.deepEqual(fixedBy(["--n-gpu-layers=99"]), { template: false, context: false, layers: true });
    assert.deepEqual(fixedBy(["--threads", "4"]), { template: false, context: false, layers: false });
    assert.equal(fixedBy(["--chat-template=chatml"]).template, true);
  });
});
