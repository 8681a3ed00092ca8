/** `hearth.showLog`: what Hearth and its server have written about what they do. */

import type { Command } from "../hearth.ts";

export const showLog: Command = {
  id: "hearth.showLog",
  run: ({ log }) => log.show(),
};
