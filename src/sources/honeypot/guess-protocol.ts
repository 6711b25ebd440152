/** What a visitor speaks that is not telnet, told from its first bytes. Such visitors are scanners that try every port. */
export type ForeignProtocol =
  | 'http'
  | 'tls'
  | 'ssh'
  | 'smb'
  | 'rdp'
  | 'socks'
  | 'sip'
  | 'rtsp'
  | 'redis'
  | 'java-rmi'
  | 'adb';

/** As many first bytes as the guess needs. */
export const GUESS_BYTES = 64;

/** Over Latin-1 text, where one character is one byte. */
const SIGNS: readonly { readonly protocol: ForeignProtocol; readonly sign: RegExp }[] = [
  // A TLS record with a handshake that begins with a client hello.
  { protocol: 'tls', sign: /^\x16\x03[\x00-\x04][^]{2}\x01/ },
  { protocol: 'ssh', sign: /^SSH-/ },
  { protocol: 'sip', sign: /^[A-Z]{3,10} sips?:/ },
  { protocol: 'rtsp', sign: /^[A-Z_]{3,13} (?:rtsp:|\S{1,30} RTSP\/)/ },
  { protocol: 'http', sign: /^(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|TRACE|CONNECT|PROPFIND|PRI) [/*h\w]/ },
  { protocol: 'smb', sign: /^\x00[^]{3}[\xfe\xff]SMB/ },
  // TPKT with an X.224 connection request.
  { protocol: 'rdp', sign: /^\x03\x00\x00[^]{2}\xe0/ },
  { protocol: 'socks', sign: /^(?:\x05[\x01-\x04][\x00-\x03]|\x04\x01[^]{6})/ },
  { protocol: 'redis', sign: /^\*\d{1,3}\r\n\$\d/ },
  { protocol: 'java-rmi', sign: /^JRMI/ },
  { protocol: 'adb', sign: /^CNXN/ },
];

export function guessProtocol(first: Buffer): ForeignProtocol | undefined {
  const text = first.toString('latin1');
  return SIGNS.find(({ sign }) => sign.test(text))?.protocol;
}
