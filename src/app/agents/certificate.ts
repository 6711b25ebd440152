/**
 * X.509 certificates (RFC 5280) of our own authority. The library writes the ASN.1, Node signs. Loaded only when one has to be made,
 * about once a year.
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509';

/** A private key and its certificate, both PEM. */
export interface Signed {
  readonly key: string;
  readonly cert: string;
}

/** RFC 5280, section 4.1.2.5: a certificate that has no good end. */
const NO_END = new Date('9999-12-31T23:59:59Z');
/** A clock that was not set yet must not make an authority that is not valid later. */
const BEGINNING = new Date('2020-01-01T00:00:00Z');
const ECDSA_SHA256 = new AlgorithmIdentifier({ algorithm: '1.2.840.10045.4.3.2' });
const COMMON_NAME = '2.5.4.3';

/** The house's own authority. It ends with the house: agents pin it, and there is nobody else to vouch for another. */
export function makeAuthority(): Signed {
  const pair = newKey();
  const name = nameOf(`Porchlight ${randomBytes(4).toString('hex')}`);
  const extensions = [
    extension(id_ce_basicConstraints, new BasicConstraints({ cA: true, pathLenConstraint: 0 }), true),
    extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign), true),
    extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyId(pair.spki))),
  ];
  const validity = new Validity({ notBefore: BEGINNING, notAfter: NO_END });
  return { key: pair.key, cert: signed({ name, issuer: name, validity, spki: pair.spki, extensions }, pair.key) };
}

export interface ServerNames {
  /** Host names and addresses, the names of the certificate. */
  readonly names: readonly string[];
  /** ms since the epoch. */
  readonly from: number;
  readonly until: number;
}

export function makeServerCertificate(authority: Signed, { names, from, until }: ServerNames): Signed {
  const pair = newKey();
  const issuer = AsnConvert.parse(derOf(authority.cert), Certificate).tbsCertificate.subject;
  const authoritySpki = createPublicKey(authority.cert).export({ type: 'spki', format: 'der' });
  const alternatives = names.map((name) => new GeneralName(isIP(name) === 0 ? { dNSName: name } : { iPAddress: name }));
  const extensions = [
    extension(id_ce_basicConstraints, new BasicConstraints({ cA: false }), true),
    extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.digitalSignature), true),
    extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth])),
    extension(id_ce_subjectAltName, new SubjectAlternativeName(alternatives)),
    extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyId(pair.spki))),
    extension(
      id_ce_authorityKeyIdentifier,
      new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(keyId(authoritySpki)) }),
    ),
  ];
  const validity = new Validity({ notBefore: new Date(from), notAfter: new Date(until) });
  const name = nameOf('Porchlight agents');
  return { key: pair.key, cert: signed({ name, issuer, validity, spki: pair.spki, extensions }, authority.key) };
}

interface Parts {
  readonly name: Name;
  readonly issuer: Name;
  readonly validity: Validity;
  readonly spki: Buffer;
  readonly extensions: Extension[];
}

function signed({ name, issuer, validity, spki, extensions }: Parts, key: string): string {
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: serial(),
    signature: ECDSA_SHA256,
    issuer,
    validity,
    subject: name,
    subjectPublicKeyInfo: AsnConvert.parse(spki, SubjectPublicKeyInfo),
    extensions: new Extensions(extensions),
  });
  const signature = sign('sha256', Buffer.from(AsnConvert.serialize(tbsCertificate)), createPrivateKey(key));
  const whole = new Certificate({
    tbsCertificate,
    signatureAlgorithm: ECDSA_SHA256,
    signatureValue: new Uint8Array(signature).buffer,
  });
  return pemOf(Buffer.from(AsnConvert.serialize(whole)));
}

function newKey(): { readonly key: string; readonly spki: Buffer } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    spki: publicKey.export({ type: 'spki', format: 'der' }),
  };
}

/** Positive, not zero, at most 20 bytes (section 4.1.2.2). */
function serial(): ArrayBuffer {
  const bytes = new Uint8Array(randomBytes(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.buffer;
}

/** Any name of the key that is always the same will do (section 4.2.1.2). */
const keyId = (spki: Buffer): ArrayBuffer =>
  new Uint8Array(createHash('sha256').update(spki).digest().subarray(0, 20)).buffer;

const nameOf = (common: string): Name =>
  new Name([
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({ type: COMMON_NAME, value: new AttributeValue({ utf8String: common }) }),
    ]),
  ]);

const extension = (extnID: string, value: unknown, critical = false): Extension =>
  new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });

const pemOf = (der: Buffer): string => {
  const lines = der.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
};

const derOf = (pem: string): Buffer => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
