/** A certificate authority and a server certificate of its own, made for one test: just enough DER (X.690) for X.509 (RFC 5280). */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface Authority {
  /** PEM. */
  readonly ca: string;
  /** SHA-256 of the authority in DER, hex. */
  readonly fingerprint: string;
  /** PEM: the server's certificate, then the authority. */
  readonly chain: string;
  readonly leafKey: string;
}

const tlv = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
};
const sequence = (...parts: readonly Buffer[]): Buffer => tlv(0x30, ...parts);
const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, 'hex'));
/** A first byte that needs no padding and has no sign. */
const serial = (): Buffer => tlv(0x02, Buffer.from([0x40]), randomBytes(8));
const octets = (content: Buffer): Buffer => tlv(0x04, content);
const bits = (content: Buffer): Buffer => tlv(0x03, Buffer.from([0]), content);
const name = (text: string): Buffer => sequence(tlv(0x31, sequence(oid('550403'), tlv(0x0c, Buffer.from(text)))));
const time = (text: string): Buffer => tlv(0x18, Buffer.from(text));

const ECDSA_SHA256 = sequence(oid('2a8648ce3d040302'));
const BASIC_CONSTRAINTS = '551d13';
const ALT_NAMES = '551d11';
const KEY_USAGE = '551d0f';
const TRUE = Buffer.from([0x01, 0x01, 0xff]);
const ALWAYS = sequence(time('20200101000000Z'), time('21200101000000Z'));

interface Subject {
  readonly name: string;
  readonly key: KeyObject;
  readonly extensions: readonly Buffer[];
}

function certificate(subject: Subject, issuer: { readonly name: string; readonly key: KeyObject }): Buffer {
  const version = tlv(0xa0, tlv(0x02, Buffer.from([2])));
  const body = sequence(
    version,
    serial(),
    ECDSA_SHA256,
    name(issuer.name),
    ALWAYS,
    name(subject.name),
    subject.key.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(...subject.extensions)),
  );
  return sequence(body, ECDSA_SHA256, bits(sign('sha256', body, issuer.key)));
}

const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`;

/** For 127.0.0.1 and localhost. */
export function makeAuthority(): Authority {
  const root = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const leaf = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = { name: 'Porchlight test authority', key: root.privateKey };
  const asAuthority = [
    sequence(oid(BASIC_CONSTRAINTS), TRUE, octets(sequence(TRUE))),
    sequence(oid(KEY_USAGE), TRUE, octets(tlv(0x03, Buffer.from([1, 0x06])))),
  ];
  const names = sequence(tlv(0x87, Buffer.from([127, 0, 0, 1])), tlv(0x82, Buffer.from('localhost')));
  const ca = certificate({ name: issuer.name, key: root.publicKey, extensions: asAuthority }, issuer);
  const server = certificate(
    { name: 'localhost', key: leaf.publicKey, extensions: [sequence(oid(ALT_NAMES), octets(names))] },
    issuer,
  );
  return {
    ca: pem(ca),
    fingerprint: createHash('sha256').update(ca).digest('hex'),
    chain: pem(server) + pem(ca),
    leafKey: leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}
