/** A bench that is interrupted ends as one that is done: what it has started is ended when its process exits. */

export function exitOnSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
}
