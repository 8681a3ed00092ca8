/** How many rules of what is not read are obeyed, from the settings and from each folder: asking them costs time. */

export const ruleLimits = {
  rules: 2000,
  /** Of all of them together. */
  length: 1 << 17,
} as const;
