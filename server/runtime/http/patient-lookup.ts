/** Looks names up as the system does, and gives up on name servers that do not answer: they may take minutes. */

import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";

/** Shorter than a connection may take, so that the one to blame is named. */
const limitMs = 4000;

export const nameTimeout = "DNS_TIMEOUT";

export function patientLookup(ask: LookupFunction = lookup, ms = limitMs): LookupFunction {
  return (host, options, callback) => {
    const limit = setTimeout(() => settle(late(host), ""), ms);
    let open = true;
    const settle: typeof callback = (...answer) => {
      clearTimeout(limit);
      if (open) callback(...answer);
      open = false;
    };
    ask(host, options, settle);
  };
}

function late(host: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`no name server has answered for ${host}`), { code: nameTimeout });
}
