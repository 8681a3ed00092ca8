/** `hearth/doctor`: the checks of `hearth doctor`, run in the server. */

import type { NoParams, RequestSpec } from "./message.ts";

export interface DoctorCheck {
  readonly id: string;
  readonly state: "ok" | "warn" | "fail";
  readonly found: string;
  readonly why: string;
  readonly mend: string;
}

export interface DoctorResult {
  readonly checks: readonly DoctorCheck[];
}

export const doctorRequest: RequestSpec<NoParams, DoctorResult> = {
  method: "hearth/doctor",
  kind: "request",
  direction: "client to server",
  summary: "What `hearth doctor --json` prints: one entry a check, in the person's language.",
  params: {},
  result: {
    checks: [
      "`{ id, state, found, why, mend }[]`",
      '`state` is `"ok"`, `"warn"` or `"fail"`; `why` and `mend` are empty when it is `"ok"`',
    ],
  },
};
