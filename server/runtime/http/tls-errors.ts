/** What TLS says when one end does not believe the other, each with what mends it. There is no switch to go on. */

import { RuntimeError, type RuntimeErrorOptions } from "../../model/runtime-error.ts";

interface Untrusted {
  readonly name: string;
  readonly origin: string;
  readonly proxy?: URL | undefined;
  readonly cause: unknown;
}

/** Undefined where `code`, of Node.js or of OpenSSL, is none of TLS. */
export function tlsError(code: string, { name, origin, proxy, cause }: Untrusted): RuntimeError | undefined {
  const options = { values: [name, origin, code], cause };
  switch (kindOf(code)) {
    case undefined:
      return undefined;
    case "time":
      return new RuntimeError("refused", "The certificate of {0} at {1} has expired, or is not valid yet.", {
        ...options,
        mend: "Let whoever runs the server renew its certificate, and check this machine's clock.",
      });
    case "name":
      return new RuntimeError("refused", "The certificate of {0} at {1} is for another name.", {
        ...options,
        mend: "Set the address with the name that stands in the certificate.",
      });
    case "authority":
      return name === "openai"
        ? new RuntimeError("refused", "Nobody vouches for the certificate of {0} at {1} ({2}).", {
            ...options,
            mend: "Set runtimes.openai.tls.ca to the file with the certificate of its authority.",
          })
        : new RuntimeError("refused", "Nobody vouches for the certificate of {0} at {1} ({2}).", {
            ...options,
            mend: "Reach it as openai/… with runtimes.openai.url and runtimes.openai.tls.ca, the certificate of its authority.",
          });
    case "version":
      return new RuntimeError("refused", "{0} at {1} does not speak TLS 1.3.", {
        ...options,
        mend: "Let whoever runs the server turn TLS 1.3 on.",
      });
    case "client":
      return new RuntimeError(
        "refused",
        "{0} at {1} wants a certificate of ours, or does not take the one it got ({2}).",
        {
          ...options,
          mend: "Set runtimes.openai.tls.cert and runtimes.openai.tls.key to the ones it knows.",
        },
      );
    case "plain":
      if (proxy) return plainProxyError(proxy, options);
      return new RuntimeError("refused", "What answers at {1} does not speak TLS.", {
        ...options,
        mend: "Let the address begin with http:// if the server is on this machine, else turn its TLS on.",
      });
    case "other":
      return new RuntimeError("refused", "No secure connection to {0} at {1} ({2}).", {
        ...options,
        mend: "Look at the certificates of both ends.",
      });
  }
}

/** It has said that it leads there, and speaks for itself. */
function plainProxyError({ host }: URL, { values, cause }: RuntimeErrorOptions): RuntimeError {
  const [, origin = ""] = values ?? [];
  return new RuntimeError(
    "runtime-unreachable",
    "The proxy {0} does not lead to {1}: no TLS comes from there.",
    {
      values: [host, origin],
      mend: "Check HTTPS_PROXY and HTTP_PROXY, or name the host in NO_PROXY.",
      cause,
    },
  );
}

type Kind = "time" | "name" | "authority" | "version" | "client" | "plain" | "other";

/** As Node.js names the results of X509_verify_cert, and OpenSSL its alerts. The first match counts. */
const kinds: readonly (readonly [RegExp, Kind])[] = [
  [/^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/, "time"],
  [/^ERR_TLS_CERT_ALTNAME_/, "name"],
  [
    /SELF_SIGNED_CERT|^UNABLE_TO_(GET_ISSUER|VERIFY_LEAF)|^CERT_(UNTRUSTED|REJECTED|CHAIN_TOO_LONG)/,
    "authority",
  ],
  [/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/, "version"],
  [/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/, "plain"],
  [/ALERT/, "client"],
  [/^(CERT_|ERR_TLS_|ERR_SSL_|ERR_OSSL_|UNABLE_TO_|INVALID_(CA|PURPOSE)|EPROTO$)/, "other"],
];

function kindOf(code: string): Kind | undefined {
  return kinds.find(([codes]) => codes.test(code))?.[1];
}
