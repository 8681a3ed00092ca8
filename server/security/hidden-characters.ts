/**
 * Characters that no one sees, and what they do to a text that someone reads: reorder it, hide a part of it or
 * move the cursor (Trojan Source, ASCII smuggling). Code that is offered or printed never holds one.
 */

/**
 * Controls but tab and line feed, separators of lines and paragraphs, lone surrogates, annotation marks, and all
 * that Unicode calls ignorable: bidirectional, zero-width and tag characters, fillers, variation selectors. Only
 * the two selectors that tell how an emoji looks may stand behind one.
 */
export const hiddenCharacters =
  /(?![\t\n])\p{Cc}|[\p{Zl}\p{Zp}\p{Cs}\uFFF9-\uFFFB]|(?![\uFE0E\uFE0F])\p{Default_Ignorable_Code_Point}|(?<!\p{Emoji})[\uFE0E\uFE0F]/u;
