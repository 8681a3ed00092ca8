/** X.509 certificates for tests, made with Node's own keys: DER in as many lines as RFC 5280 needs at the least. */

import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { isIP } from "node:net";

/** PEM texts. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface Authority extends Certificate {
  issue(wanted?: Partial<Issued>): Certificate;
}

export interface Issued {
  /** Names and addresses that it is for. */
  readonly names: readonly string[];
  /** Days from now. */
  readonly from: number;
  readonly until: number;
}

export function authority(name: string): Authority {
  const own = keyPair();
  const issuer = { name, key: own.privateKey };
  const of = (subject: string, keys: Keys, wanted: Issued, extension: Buffer) => ({
    cert: certificate({ issuer, subject, keys, wanted, extension }),
    key: keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  });
  const usual: Issued = { names: ["127.0.0.1", "localhost"], from: -1, until: 10 };
  return {
    ...of(name, own, usual, isAuthority),
    issue: (wanted = {}) => {
      const issued = { ...usual, ...wanted };
      return of(issued.names[0] ?? "nobody", keyPair(), issued, alternativeNames(issued.names));
    },
  };
}

interface Keys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

function keyPair(): Keys {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

interface Parts {
  readonly issuer: { readonly name: string; readonly key: KeyObject };
  readonly subject: string;
  readonly keys: Keys;
  readonly wanted: Issued;
  readonly extension: Buffer;
}

function certificate({ issuer, subject, keys, wanted, extension }: Parts): string {
  const algorithm = sequence(oid("2a8648ce3d040302"));
  const unsigned = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    algorithm,
    commonName(issuer.name),
    sequence(time(wanted.from), time(wanted.until)),
    commonName(subject),
    keys.publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(extension)),
  );
  const signature = sign("sha256", unsigned, issuer.key);
  const whole = sequence(unsigned, algorithm, der(0x03, Buffer.of(0), signature));
  const lines = whole.toString("base64").replace(/.{64}/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

const yes = der(0x01, Buffer.of(0xff));
const isAuthority = sequence(oid("551d13"), yes, der(0x04, sequence(yes)));

function alternativeNames(names: readonly string[]): Buffer {
  const general = names.map((name) =>
    isIP(name) === 4
      ? der(0x87, Buffer.from(name.split(".").map(Number)))
      : der(0x82, Buffer.from(name, "latin1")),
  );
  return sequence(oid("551d11"), der(0x04, sequence(...general)));
}

function commonName(name: string): Buffer {
  return sequence(der(0x31, sequence(oid("550403"), der(0x0c, Buffer.from(name)))));
}

/** UTCTime. */
function time(days: number): Buffer {
  const text = new Date(Date.now() + days * 86_400_000).toISOString().replace(/[-:T]/g, "").slice(2, 14);
  return der(0x17, Buffer.from(`${text}Z`));
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, "hex"));
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return der(0x30, ...parts);
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const header =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...header), body]);
}
