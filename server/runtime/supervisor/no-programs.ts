/** For a look at a runtime that starts nothing. */

import { RuntimeError } from "../../model/runtime-error.ts";
import type { Programs } from "./program.ts";

export const noPrograms: Programs = {
  use: ({ name }) => ({
    running: () =>
      Promise.reject(
        new RuntimeError("runtime-unreachable", "{0} does not run. It is started with the first request.", {
          values: [name],
        }),
      ),
    dispose: () => {},
  }),
  isUsed: () => false,
};
