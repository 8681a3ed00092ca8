/** The contract on a real Ollama. */

import { ollama } from "./runtimes/ollama.ts";
import { contract } from "./suite.ts";

contract(ollama());
