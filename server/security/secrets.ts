/** Text that looks like a key, a token or a password. It is never learnt, never completed and never offered. */

/** Shapes that issuers gave their keys, so that they can be found. None reaches over a line break. */
const issued =
  /\b(?:sk|pk|rk)[-_](?:live|test|proj|ant|or)?[-_]?\w{12,}|\bgh[opsur]_\w{16,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}|\bxox[abeoprs]-[\w-]{10,}|\bAKIA[A-Z0-9]{12,}|\bASIA[A-Z0-9]{12,}|\bAIza[\w-]{30,}|\bnpm_\w{30,}|\bhf_\w{20,}|\bey[JK][\w-]{10,}\.[\w-]{10,}|-----BEGIN [A-Z ]*PRIVATE KEY|\b(?:Bearer|Basic)[ \t]+[\w.~+/=-]{16,}|\b[a-z][a-z\d+.-]{1,15}:\/\/[^\s/:@"'`]*:[^\s/"'`]{3,}@/;

/** A name that says what its value is, and what stands between the two on the name's line. */
const secretName =
  "(?:passw(?:or)?d|pwd|passphrase|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credential|auth)\\w{0,64}[\"'`\\]]?[?!]?[ \\t]*(?:=>|:=|:[ \\t]*[\\w.<>[\\]|&? ]{1,40}=(?!=)|:|[|&?+]{0,2}=(?!=)|\\|\\||\\?\\?)";

/** At most one break with its blank lines lies between a name and its value. */
const inline = "[ \\t]*";
const anywhere = "[ \\t\\r\\n]*";
const call = "[\\w.:$]{1,64}[ \\t]*(?:\\(|\\|\\||\\?\\?)";
const quoted = "[bfrul@$]{0,2}(\"\"\"|'''|[\"'`])";

/** Such a name and the start of its value in quotes. */
const begunValue = new RegExp(
  `${secretName}${inline}(?:${call}${inline})?${quoted}(?:\\\\.|(?!\\1).)*$`,
  "i",
);

/** Such a name and a value in quotes that is written out. */
const givenValue = new RegExp(`${secretName}${anywhere}${quoted}(?!\\$\\{)(?:\\\\.|(?!\\1).){3,}`, "gi");

/** The same, and a value that is handed to a function on its way to the name. Found by its quote, which is rare. */
export const learntValue = new RegExp(
  `("""|'''|["'\`])(?<=${secretName}(?:${anywhere}(?:${call}${inline})?|${inline}${call}${anywhere})[bfrul@$]{0,2}\\1)(?:\\\\.|(?!\\1).){3,}`,
  "gi",
);

const run = /[\w+/=.~-]{20,}/g;

/** Whether `text` holds something that looks like a secret. */
export function holdsSecret(text: string): boolean {
  return issued.test(text) || (text.match(run) ?? []).some(holdsRandom);
}

/** Whether the cursor, behind `linePrefix` on its line, stands in the value of something named a secret. */
export function isInsideSecret(linePrefix: string): boolean {
  return begunValue.test(linePrefix) || holdsSecret(linePrefix.slice(-200));
}

/** Whether `text`, written behind `linePrefix`, holds a secret or gives one to a name that is there for it. */
export function writesSecret(linePrefix: string, text: string): boolean {
  if (holdsSecret(linePrefix.slice(-200) + text)) return true;
  const values = [...(linePrefix + text).matchAll(givenValue)];
  return values.some(({ index, 0: value }) => index + value.length > linePrefix.length);
}

/** Whether a file of this name, a path or a URI, exists to hold secrets. */
export function isSecretFile(path: string): boolean {
  const name = nameOf(path).toLowerCase();
  return /^\.env(?:\..+)?$/.test(name.replace(/\.(?:example|sample|template|dist)$/, ".example"))
    ? !/\.(?:example|sample|template|dist)$/.test(name)
    : secretNames.test(name);
}

/** The last part of a path; of a URI, without its scheme, query and fragment. A drive is no scheme. */
function nameOf(path: string): string {
  const [, inside] = /^[a-z][a-z\d+.-]+:([^?#]*)/i.exec(path) ?? [];
  return (inside ?? path).replace(/^.*(?:[\\/]|%2f|%5c)/is, "").replace(/%2e/gi, ".");
}

const secretNames =
  /\.(?:pem|key|p12|pfx|jks|keystore|kdbx|ppk|asc|gpg)$|^id_(?:rsa|dsa|ecdsa|ed25519)$|^(?:\.netrc|\.npmrc|\.pypirc|\.pgpass|\.htpasswd|credentials|secrets\.(?:ya?ml|json|toml))$/;

/**
 * Twenty characters or more in which letters and digits alternate without pattern: at least three bits a
 * character, and digits among the letters in more than one place.
 */
export function looksRandom(text: string): boolean {
  if (text.length < 20 || !/\d/.test(text) || !/[A-Za-z]/.test(text)) return false;
  const switches = text.match(/[A-Za-z](?=\d)|\d(?=[A-Za-z])/g)?.length ?? 0;
  return switches >= text.length / 8 && entropy(text) >= 3;
}

function holdsRandom(candidate: string): boolean {
  return candidate.split(/[./=]/).some(looksRandom) || (candidate.match(encoded) ?? []).some(looksEncoded);
}

/** Base64 of thirty random bytes or more, as the secret keys of AWS: slashes are part of it. */
const encoded = /[A-Za-z\d+/]{40,}/g;

/** Small and capital letters and digits that change at least every fourth character: more often than in a path. */
function looksEncoded(text: string): boolean {
  if (!/\d/.test(text)) return false;
  const changes = text.match(/[a-z](?=[A-Z\d])|[A-Z](?=[a-z\d])|\d(?=[A-Za-z])/g)?.length ?? 0;
  return changes >= text.length / 4 && entropy(text) >= 4.2;
}

/** Shannon's, in bits a character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
