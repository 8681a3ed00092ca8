/** The contract over OpenAI's protocol, on a real llama-server. */

import { openAiOnLlamaServer } from "./runtimes/openai.ts";
import { contract } from "./suite.ts";

contract(openAiOnLlamaServer());
