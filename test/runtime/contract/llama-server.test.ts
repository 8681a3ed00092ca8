/** The contract on a real llama-server. */

import { llamaServer } from "./runtimes/llama-server.ts";
import { contract } from "./suite.ts";

contract(llamaServer());
