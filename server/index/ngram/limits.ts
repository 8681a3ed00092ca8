/** Bounds of the built-in completer. What of a folder is read is bounded by settings instead. */

/** Characters of the longest document that is followed. */
export const longestDocument = 2 ** 21;

/** What the counts of the workspace may take, in bytes. */
export const mostCountsBytes = 64 * 2 ** 20;
