/** Bounds that both the completer and its worker keep. */

/** Characters of the longest document that is followed. */
export const longestDocument = 2 ** 21;
