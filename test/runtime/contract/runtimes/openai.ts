/** OpenAI's protocol on a real llama-server, under the contract. */

import { basename } from "node:path";
import { startLlamaServer } from "../../../support/llama-server-process.ts";
import { realLlamaServer } from "../../../support/real-runtimes.ts";
import type { RuntimeUnderTest } from "../runtime.ts";

const seesLate = "a server that takes a prompt in steps, or sees a closed connection while it reads one";

export function openAiOnLlamaServer(more: readonly string[] = []): RuntimeUnderTest {
  return {
    name: "openai on llama-server",
    kind: "openai",
    need: realLlamaServer.need,
    lacks: {
      "reads a message that spells a control token as text":
        "a server that takes tokens; here the text is broken by a space",
      ...Object.fromEntries(
        ["ends an infill", "ends a chat"].map((what) => [
          `${what} before its first token, with 512 tokens for nobody at most`,
          seesLate,
        ]),
      ),
      "ends a warming, with 512 tokens for nobody at most": seesLate,
    },
    async start(file) {
      const server = await startLlamaServer(file, more);
      const { url } = server;
      return {
        ...server,
        spec: { runtime: "openai", url: `${url}/v1`, model: basename(file.path), tls: {} },
        absent: { runtime: "openai", url, model: "absent.gguf", tls: {} },
        kill: () => server.stop(),
      };
    },
  };
}
