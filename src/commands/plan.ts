/** `hearth.plan`: which models this machine can run, and why, as a page. */

import type { Command } from "../hearth.ts";

export const plan: Command = {
  id: "hearth.plan",
  run: ({ planPage }) => planPage.open(),
};
