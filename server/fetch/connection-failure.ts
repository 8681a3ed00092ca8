/** Why no answer came from a host, or from the proxy before it, as a FetchError. */

import { errorCode } from "../base/error-code.ts";
import { FetchError } from "./fetch-error.ts";

/** What undici makes of a proxy that answers with any status but 200; the status stands in the words alone. */
const tunnelRefused = /^Proxy response \((\d+)\)/;
/** Met before there is a tunnel; of the host behind it the proxy tells by its status. */
const ofProxy =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|HPE_\w+|HTTPParserError|UND_ERR_(CONNECT_TIMEOUT|HEADERS_\w+))$/;
/** OpenSSL says so of what is no TLS. */
const plain = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG/;

export function connectionFailure({ host }: URL, proxy: URL | undefined, cause: unknown): FetchError {
  const why = reasonOf(cause);
  if (/CERT|TLS|SSL|SELF_SIGNED|VERIFY/i.test(why) && !plain.test(why))
    return new FetchError("untrusted", { values: [host, why], cause });
  if (!proxy) return new FetchError("unreachable", { values: [host, why], cause });
  if (ofProxy.test(why)) return new FetchError("proxy-silent", { values: [proxy.host, why], cause });
  const [, status] = tunnelRefused.exec(why) ?? [];
  // Of 500 and more it is the host that the proxy did not reach.
  if (status !== undefined && Number(status) < 500)
    return new FetchError("proxy-refuses", { values: [proxy.host, host, Number(status)], cause });
  const told = status === undefined ? why : `HTTP ${status}`;
  return new FetchError("unreachable", { values: [host, `${told}, ${proxy.host}`], cause });
}

/** Node and undici each name the cause elsewhere. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const known = errorCode(error);
  // A proxy that refuses is told in words alone.
  if (known !== undefined && known !== "UND_ERR_ABORTED") return known;
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return error.name === "HTTPParserError" ? error.name : error.message;
}
