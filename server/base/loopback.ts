/** Whether an address stays on this machine. */

export function isLoopback({ hostname }: Pick<URL, "hostname">): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}
