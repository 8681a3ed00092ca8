/**
 * Lets node-llama-cpp find builds that lie in no `node_modules` above it: it asks for `@node-llama-cpp/…` by bare
 * names from its own folder, and gets them from where they were fetched to.
 */

import * as module from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Node.js has it since 22.15. */
export function canResolvePackages(): boolean {
  return typeof module.registerHooks === "function";
}

/** `folder` holds a `node_modules`. What is not in it is looked for where it always was. */
export function resolvePackagesFrom(folder: string): void {
  const parentURL = pathToFileURL(join(folder, "package.json")).href;
  module.registerHooks({
    resolve(specifier, context, nextResolve) {
      if (!specifier.startsWith("@node-llama-cpp/")) return nextResolve(specifier, context);
      try {
        return nextResolve(specifier, { ...context, parentURL });
      } catch {
        return nextResolve(specifier, context);
      }
    },
  });
}
