/** Decides what follows a crash of the language server: a restart that waits longer each time, or giving up. */

export type AfterCrash =
  | { readonly kind: "restart"; readonly afterMs: number }
  | { readonly kind: "give-up"; readonly crashes: number };

/** Crashes older than this no longer count: the server has run well since. */
const memoryMs = 180_000;

const waitsMs = [0, 500, 2000, 5000] as const;

/** `crashes` are the times of all crashes so far, the newest last, in milliseconds of a monotonic clock. */
export function afterCrash(crashes: readonly number[], now: number): AfterCrash {
  const recent = crashes.filter((time) => now - time < memoryMs).length;
  const afterMs = waitsMs[Math.max(0, recent - 1)];
  return afterMs === undefined ? { kind: "give-up", crashes: recent } : { kind: "restart", afterMs };
}
