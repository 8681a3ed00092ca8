/** Makes secrets in a text unreadable before anything is learnt from it. Fast: it sees every file that is read. */

import { holdsSecret, learntValue } from "./secrets.ts";

/** What stands in place of a secret, as often as the secret has characters. */
export const maskCode = 127;

/**
 * `text` with everything in it that looks like a secret, and every quoted value that a name says is one, replaced at
 * the same length. How a line is masked depends on it and on the line with text before it alone.
 */
export function maskSecrets(text: string): string {
  const spans = [...keySpans(text), ...addressSpans(text), ...namedSpans(text)];
  if (spans.length === 0) return text;
  let masked = "";
  let at = 0;
  for (const [start, end] of spans.sort(([a], [b]) => a - b)) {
    if (end <= at) continue;
    const from = Math.max(at, start);
    masked += text.slice(at, from) + mask.repeat(end - from);
    at = end;
  }
  return masked + text.slice(at);
}

type Span = readonly [start: number, end: number];

const mask = String.fromCharCode(maskCode);

/** What keys are written with. */
const keyCodes = new Uint8Array(128).map((_, code) => (/[\w+/=.~-]/.test(String.fromCharCode(code)) ? 1 : 0));
const shortestKey = 15;

/** Looks at every fifteenth character, and back from there, so that it reads a part of the text only. */
function keySpans(text: string): Span[] {
  const spans: Span[] = [];
  for (let start = 0; start + shortestKey <= text.length; ) {
    let last = start + shortestKey - 1;
    while (last >= start && isKeyCode(text.charCodeAt(last))) last--;
    if (last >= start) {
      start = last + 1;
      continue;
    }
    let end = start + shortestKey;
    while (end < text.length && isKeyCode(text.charCodeAt(end))) end++;
    const run = text.slice(start, end);
    if (isCredential(text, start) || (seldom.test(run) && holdsSecret(run))) spans.push([start, end]);
    start = end;
  }
  return spans;
}

function isKeyCode(code: number): boolean {
  return code < 128 && keyCodes[code] === 1;
}

/** What no secret is without, and few words have: it spares most of them the full look. */
const seldom = /\d|[spr]k[-_]|gh[opsur]_|_pat_|glpat-|xox[a-z]-|AKIA|ASIA|AIza|npm_|hf_|ey[JK]/;

/** Whether the scheme of an HTTP authorization stands before `start`. */
function isCredential(text: string, start: number): boolean {
  const code = text.charCodeAt(start - 1);
  if (code !== 32 && code !== 9) return false;
  return /\b(?:Bearer|Basic)[ \t]{1,4}$/.test(text.slice(Math.max(0, start - 11), start));
}

/** The user and the password of an address. */
function addressSpans(text: string): Span[] {
  const spans: Span[] = [];
  for (let at = text.indexOf("://"); at >= 0; at = text.indexOf("://", at + 1)) {
    credentials.lastIndex = at + 3;
    if (credentials.test(text)) spans.push([at + 3, credentials.lastIndex]);
  }
  return spans;
}

const credentials = /[^\s/:@"'`]*:[^\s/"'`]{3,}(?=@)/y;

function namedSpans(text: string): Span[] {
  return [...text.matchAll(learntValue)].map(({ index, 0: found, 1: quote = "" }) => [
    index + quote.length,
    index + found.length,
  ]);
}
