/** The versions of Node.js that Hearth is made for. */

/** From here on `node:sqlite` is there without a flag; an editor brings a Node.js that is as new or newer. */
export const oldestNode = "22.13.0";

/** The major version that everything is tested with, and that `hearth-cli` asks for. */
export const testedNode = 24;
