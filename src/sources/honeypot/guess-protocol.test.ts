import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guessProtocol } from './guess-protocol.ts';

const cases: readonly (readonly [string, string, string | undefined])[] = [
  ['a browser', 'GET / HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n', 'http'],
  ['an open proxy scan', 'CONNECT example.test:443 HTTP/1.0\r\n\r\n', 'http'],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'http'],
  ['a TLS client hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'tls'],
  ['an SSH client', 'SSH-2.0-Go\r\n', 'ssh'],
  ['SMB 1', '\x00\x00\x00\x85\xffSMB', 'smb'],
  ['SMB 2', '\x00\x00\x00\x85\xfeSMB', 'smb'],
  ['remote desktop', '\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00', 'rdp'],
  ['SOCKS 5', '\x05\x01\x00', 'socks'],
  ['SIP', 'OPTIONS sip:nm SIP/2.0\r\n', 'sip'],
  ['a camera scan', 'OPTIONS / RTSP/1.0\r\nCSeq: 1\r\n', 'rtsp'],
  ['redis', '*1\r\n$4\r\nINFO\r\n', 'redis'],
  ['Java RMI', 'JRMI\x00\x02K', 'java-rmi'],
  ['Android debug bridge', 'CNXN\x00\x00\x00\x01', 'adb'],
  ['a user name', 'root\r\n', undefined],
  ['a user name that looks like a verb', 'GET\r\n', undefined],
  ['telnet negotiation', '\xff\xfd\x03\xff\xfb\x18', undefined],
  ['nothing', '', undefined],
];

for (const [name, bytes, protocol] of cases) {
  test(`guessProtocol: ${name}`, () => assert.equal(guessProtocol(Buffer.from(bytes, 'latin1')), protocol));
}
