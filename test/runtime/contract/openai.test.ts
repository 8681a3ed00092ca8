/** The contract over OpenAI's protocol, on a real llama-server. */

import { basename } from "node:path";
import { startLlamaServer } from "../../support/llama-server-process.ts";
import { realLlamaServer } from "../../support/real-runtimes.ts";
import { contract } from "./suite.ts";

contract({
  name: "openai on llama-server",
  kind: "openai",
  need: realLlamaServer.need,
  async start(file) {
    const server = await startLlamaServer(file);
    const { url } = server;
    return {
      ...server,
      spec: { runtime: "openai", url: `${url}/v1`, model: basename(file.path), tls: {} },
      absent: { runtime: "openai", url, model: "absent.gguf", tls: {} },
      kill: () => server.stop(),
    };
  },
});
