/** Takes what we confide to a server out of its words: some repeat the headers that they were sent. */

/** What is shorter is no secret, and would be found in every other word. */
const shortest = 4;
const mask = "[…]";

/** By the values of our own headers, as they are and as they stand in an address; and by the schemes of others. */
export function concealing(headers: readonly string[]): (words: string) => string {
  const values = headers.flatMap((value) => [value, value.replace(/^\w+ /, "")]);
  const secrets = [...values, ...values.map(encodeURIComponent)].filter(({ length }) => length >= shortest);
  const longestFirst = [...new Set(secrets)].toSorted((a, b) => b.length - a.length);
  return (words) =>
    longestFirst
      .reduce((text, secret) => text.replaceAll(secret, mask), words)
      .replace(/\b(Bearer|Basic)[ \t]+[\w.~+/=-]{8,}/gi, `$1 ${mask}`);
}
