/** The contract on a real llama-server. */

import { basename } from "node:path";
import { startLlamaServer } from "../../support/llama-server-process.ts";
import { realLlamaServer } from "../../support/real-runtimes.ts";
import { contract } from "./suite.ts";

contract({
  name: "llama-server",
  kind: "llama-server",
  need: realLlamaServer.need,
  async start(file) {
    const server = await startLlamaServer(file);
    const { url } = server;
    return {
      ...server,
      spec: { runtime: "llama-server", url, model: basename(file.path) },
      absent: { runtime: "llama-server", url, model: "absent.gguf" },
      kill: () => server.stop(),
    };
  },
});
