/** The main memory that a model may still take. */

/** `ramState` is llama.cpp's own look at the memory. */
export async function freeMainMemory(ramState: () => Promise<{ readonly free: number }>): Promise<number> {
  // macOS counts what files left in memory as used; elsewhere Node's figure also knows a container's limit.
  return process.platform === "darwin" ? (await ramState()).free : process.availableMemory();
}
