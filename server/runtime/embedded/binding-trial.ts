/**
 * Spares a process what its predecessor has found out: node-llama-cpp tries each build in yet another process before
 * it loads it, which takes as long as everything else of a start together.
 */

import * as module from "node:module";

const passed = "export const testBindingBinary = () => Promise.resolve(true);";

/** Call before node-llama-cpp is imported. Where its file has another name, the trial is made. */
export function skipBindingTrial(): void {
  // Node.js has it since 22.15.
  if (typeof module.registerHooks !== "function") return;
  module.registerHooks({
    load(url, context, nextLoad) {
      if (!url.endsWith("/node-llama-cpp/dist/bindings/utils/testBindingBinary.js"))
        return nextLoad(url, context);
      return { format: "module", source: passed, shortCircuit: true };
    },
  });
}
