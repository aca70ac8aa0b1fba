// A certificate that nobody vouches for, made on the spot so that no private key lies in the repository.
import { generateKeyPairSync, sign } from "node:crypto";

function length(bytes: number): Buffer {
  if (bytes < 128) return Buffer.of(bytes);
  return bytes < 256 ? Buffer.of(0x81, bytes) : Buffer.of(0x82, bytes >> 8, bytes & 255);
}

/** One value in DER. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag), length(content.length), content]);
}

const [SEQUENCE, SET, INTEGER, BITS, OBJECT, TEXT, TIME] = [0x30, 0x31, 0x02, 0x03, 0x06, 0x0c, 0x18] as const;
const ECDSA_SHA256 = der(SEQUENCE, der(OBJECT, Buffer.from("2a8648ce3d040302", "hex")));
const COMMON_NAME = der(OBJECT, Buffer.from("550403", "hex"));

/** A key and a certificate for localhost, in PEM. */
export function selfSigned(): { readonly key: string; readonly cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const name = der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, der(TEXT, Buffer.from("localhost")))));
  const validity = der(SEQUENCE, der(TIME, Buffer.from("20200101000000Z")), der(TIME, Buffer.from("21000101000000Z")));
  const content = der(
    SEQUENCE,
    der(INTEGER, Buffer.of(1)),
    ECDSA_SHA256,
    name,
    validity,
    name,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = der(BITS, Buffer.of(0), sign("sha256", content, privateKey));
  const bytes = der(SEQUENCE, content, ECDSA_SHA256, signature).toString("base64");
  const cert = `-----BEGIN CERTIFICATE-----\n${bytes.match(/.{1,64}/g)?.join("\n")}\n-----END CERTIFICATE-----\n`;
  return { key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(), cert };
}
