/** The environment of what tests start: no runtime that happens to run on the machine is found in it. */

/** Nothing listens there: ports below 1024 are given to services by name, and this one's is not served any more. */
export const alone: Readonly<Record<string, string>> = { OLLAMA_HOST: "127.0.0.1:1" };
