/** How long a server wants to be left alone (RFC 9110, section 10.2.3): a number of seconds, or a date. */

/** In milliseconds from `now`, which counts since 1970. Undefined where the header is left out or holds neither. */
export function readRetryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
