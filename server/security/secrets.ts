/** Whether a text holds what looks like a secret: it is neither learnt from, completed nor shown. */

/** Forms that issuers have published; each is specific enough to be wrong rarely. */
const issuedForms: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/,
  /\bgh[pousr]_[A-Za-z0-9]{36,}/,
  /\bgithub_pat_[A-Za-z0-9_]{22,}/,
  /\bglpat-[\w-]{20,}/,
  /\bsk-(?:[a-z]+-)*[A-Za-z0-9_-]{20,}/,
  /\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}/,
  /\bxox[abeprs]-[A-Za-z0-9-]{10,}/,
  /\bAIza[\w-]{35}/,
  /\bnpm_[A-Za-z0-9]{36}\b/,
  /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/,
];

const nameThenValue =
  /(?:secret|passw(?:or)?d|api_?key|access_?key|auth_?token|private_?key|client_?secret)["']?\s*[:=]\s*["'`]([^"'`\s]{8,})/gi;

/** Bits a character at which a value that is named as a secret is taken for one and not for a word. */
const minEntropy = 3;

export function looksSecret(text: string): boolean {
  if (issuedForms.some((form) => form.test(text))) return true;
  for (const [, value = ""] of text.matchAll(nameThenValue)) {
    if (/\d/.test(value) && entropy(value) >= minEntropy) return true;
  }
  return false;
}

/** Shannon entropy in bits a character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
