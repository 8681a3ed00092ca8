/** `hearth.restart`: a new language server, whatever became of the old one. */

import type { Command } from "../hearth.ts";

export const restart: Command = {
  id: "hearth.restart",
  run: ({ host }) => host.restart(),
};
