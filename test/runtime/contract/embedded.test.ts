/** The contract in llama.cpp as it comes with Hearth. */

import { embedded } from "./runtimes/embedded.ts";
import { contract } from "./suite.ts";

contract(embedded);
