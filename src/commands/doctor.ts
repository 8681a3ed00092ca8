/** `hearth.doctor`: runs the server's checks and shows them as a page. */

import type { Command } from "../hearth.ts";

export const doctor: Command = {
  id: "hearth.doctor",
  run: ({ doctorPage }) => doctorPage.open(),
};
