/** A real llama-server under the contract. */

import { basename } from "node:path";
import { startLlamaServer } from "../../../support/llama-server-process.ts";
import { realLlamaServer } from "../../../support/real-runtimes.ts";
import type { RuntimeUnderTest } from "../runtime.ts";

/** With more arguments for the server where given. */
export function llamaServer(more: readonly string[] = []): RuntimeUnderTest {
  return {
    name: "llama-server",
    kind: "llama-server",
    need: realLlamaServer.need,
    async start(file) {
      const server = await startLlamaServer(file, more);
      const { url } = server;
      return {
        ...server,
        spec: { runtime: "llama-server", url, model: basename(file.path) },
        absent: { runtime: "llama-server", url, model: "absent.gguf" },
        kill: () => server.stop(),
      };
    },
  };
}
