/** The environment for processes that we start: as Node also inside an editor, and without secrets or debuggers. */

const withheld: ReadonlySet<string> = new Set(["HEARTH_API_KEY", "NODE_OPTIONS"]);

export function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !withheld.has(name));
  return { ...Object.fromEntries(kept), ELECTRON_RUN_AS_NODE: "1" };
}
