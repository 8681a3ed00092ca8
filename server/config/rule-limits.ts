/** How many rules of what is not read are obeyed, from the settings and from each folder: asking them costs time. */

export const ruleLimits = {
  rules: 2000,
  /** Characters of all rules of the settings, bytes of one file of rules. */
  length: 1 << 17,
} as const;
