/**
 * OpenVPN 2.3–2.7, server and client: `[USER/]ADDR:PORT text`. In front of a log-in there is no user yet; the name in brackets
 * and behind `CN=` comes from the client's certificate.
 */
import { isAddress, setEndpoint } from '../address.ts';
import { AUTHENTICATION, LOGIN_ACCEPTED, LOGIN_FAILED, NETWORK, SESSION } from '../ecs.ts';
import { wordings } from '../wordings.ts';
import type { Draft, Line, Parsed, Parser } from './parser.ts';

const HEAD =
  /^(?:us=\d{1,6} )?(?:([^\s/[\]]{1,128})\/)?(?:\[AF_INET6?\])?(\d{1,3}(?:\.\d{1,3}){3}:\d{1,5}|\[?[\da-fA-F:.]{3,45}\]?:\d{1,5}|\d{1,3}(?:\.\d{1,3}){3}) /;
/** IPv6 addresses stand without brackets: the last colon begins the port. */
const FROM = String.raw`(?:\[AF_INET6?\])?\[?(?<ip>[\da-fA-F.:]{3,45}?)\]?:(?<port>\d{1,5})(?=$|[ ,(])`;

const net = (action: string, type: string): Parsed => ({
  'event.category': NETWORK,
  'event.type': ['connection', type],
  'event.action': action,
});
const FAILED: Parsed = { ...LOGIN_FAILED, 'event.category': [...AUTHENTICATION, 'network'] };

const { parse: worded } = wordings([
  { starts: 'TLS Auth Error: ', pattern: /^TLS Auth Error: (?<reason>.{1,200})$/, fields: FAILED },
  { starts: 'VERIFY ERROR: ', pattern: /^VERIFY ERROR: (?<reason>depth=\d{1,3}, error=[^:]{1,128})/, fields: FAILED },
  { starts: 'VERIFY SCRIPT ERROR', pattern: /^(?<reason>VERIFY SCRIPT ERROR: depth=\d{1,3})/, fields: FAILED },
  { starts: 'CRL CHECK FAILED', pattern: /^(?<reason>CRL CHECK FAILED)/, fields: FAILED },
  {
    // The attempt itself was written before: this is what the client is told.
    starts: 'SENT CONTROL [',
    pattern: /^SENT CONTROL \[(?<user>[^[\]]{1,256})\]: '(?<reason>AUTH_FAILED)/,
    fields: { 'event.category': AUTHENTICATION, 'event.type': ['denied'], 'event.action': 'refusal_sent' },
  },
  {
    starts: 'WARNING: Bad encapsulated packet length',
    pattern: /^WARNING: (?<reason>Bad encapsulated packet length)/,
    fields: net('packet_refused', 'denied'),
  },
  { starts: 'VERIFY X509NAME ERROR', pattern: /^(?<reason>VERIFY X509NAME ERROR)/, fields: FAILED },
  {
    starts: 'PLUGIN AUTH-PAM: ',
    pattern: /^PLUGIN AUTH-PAM: BACKGROUND: user '(?<user>.*)' failed to authenticate: (?<reason>[^']{1,200})$/s,
    fields: FAILED,
  },
  {
    starts: 'TLS: Username/Password authentication ',
    pattern: /^TLS: Username\/Password authentication (?:succeeded|deferred) for username '(?<user>[^']{0,256})'/,
    fields: { 'event.category': AUTHENTICATION, 'event.type': ['info'], 'event.action': 'password_checked' },
  },
  {
    starts: 'OpenSSL: ',
    has: 'certificate verify failed',
    pattern: /^OpenSSL: (?<reason>error:.{1,400})$/,
    fields: FAILED,
  },
  { starts: 'OpenSSL: ', pattern: /^OpenSSL: (?<reason>error:.{1,400})$/, fields: net('tls_error', 'error') },
  {
    starts: 'TLS Error: ',
    has: ' from ',
    pattern: new RegExp(`^TLS Error: (?<reason>[^\\[]{1,200}) from ${FROM}`),
    fields: net('tls_error', 'denied'),
  },
  { starts: 'TLS Error: ', pattern: /^TLS Error: (?<reason>.{1,200})/, fields: net('tls_error', 'error') },
  {
    starts: 'tls-crypt unwrap error: ',
    pattern: /^(?<reason>tls-crypt unwrap error: .{1,200})$/,
    fields: net('tls_error', 'denied'),
  },
  {
    starts: 'Authenticate/Decrypt packet error: ',
    pattern: /^Authenticate\/Decrypt packet error: (?<reason>[^[]{1,200})/,
    fields: net('packet_refused', 'denied'),
  },
  {
    has: '] Peer Connection Initiated with ',
    pattern: new RegExp(`^\\[(?<user>[^\\[\\]]{1,256})\\] Peer Connection Initiated with ${FROM}`),
    fields: LOGIN_ACCEPTED,
  },
  {
    starts: 'Peer Connection Initiated with ',
    pattern: new RegExp(`^Peer Connection Initiated with ${FROM}`),
    fields: net('connect', 'start'),
  },
  {
    starts: 'TCP connection established with ',
    pattern: new RegExp(`^TCP connection established with ${FROM}`),
    fields: net('connect', 'start'),
  },
  {
    starts: 'TLS: Initial packet from ',
    pattern: new RegExp(`^TLS: Initial packet from ${FROM}`),
    fields: net('connect', 'start'),
  },
  { starts: 'VERIFY OK: ', pattern: /^VERIFY OK: depth=\d/, fields: net('certificate_verified', 'info') },
  {
    starts: 'SIGUSR1[',
    pattern: /^SIGUSR1\[(?<reason>[^\]]{1,100})\] received, client-instance restarting/,
    fields: { 'event.category': SESSION, 'event.type': ['end'], 'event.action': 'logout' },
  },
  {
    starts: 'SIGTERM[',
    pattern: /^SIGTERM\[(?<reason>[^\]]{1,100})\] received, client-instance exiting/,
    fields: { 'event.category': SESSION, 'event.type': ['end'], 'event.action': 'logout' },
  },
  { starts: 'Connection reset', fields: net('disconnect', 'end') },
  {
    starts: 'MULTI_sva: ',
    pattern: /^MULTI_sva: pool returned IPv4=(?<hostIp>[\d.]{7,15})/,
    fields: net('address_assigned', 'info'),
  },
  { starts: 'AUTH: Received control message: AUTH_FAILED', fields: FAILED },
]);

function parse(message: string, line: Line): Parsed | undefined {
  const head = HEAD.exec(message);
  const said = worded(head === null ? message : message.slice(head[0].length), line);
  if (head === null) return said;
  if (said === undefined && line.program === undefined) return undefined;
  const draft: Draft = { ...(said ?? net('openvpn_message', 'info')) };
  const [, user, peer = ''] = head;
  if (user !== undefined) draft['user.name'] ??= user;
  if (draft['source.ip'] === undefined) {
    const colon = peer.lastIndexOf(':');
    setEndpoint(
      draft,
      isAddress(peer) && peer.includes('.')
        ? peer
        : `[${peer.slice(0, colon).replace(/^\[|\]$/g, '')}]:${peer.slice(colon + 1)}`,
    );
  }
  return draft;
}

const PEER = String.raw`^(?:us=\d{1,6} )?(?:[^\s/[\]]{1,128}\/)?(?:\[AF_INET6?\])?(?:\d{1,3}(?:\.\d{1,3}){3}|\[?[\da-fA-F:]{3,45}\]?):\d{1,5} `;

export const openvpn: Parser = {
  name: 'openvpn',
  programs: ['openvpn', 'ovpn-server', 'openvpn-server', 'ovpn', 'openvpnas'],
  paths: ['/openvpn/', 'openvpn.log'],
  dataset: 'openvpn.log',
  service: ['openvpn', 'syslog'],
  signatures: [
    { starts: 'TLS Error: ', has: [' from [AF_INET'] },
    ...[
      'TLS Error: ',
      'TLS Auth Error: ',
      'VERIFY ERROR: ',
      'OpenSSL: error:',
      'Peer Connection Initiated with ',
      'tls-crypt unwrap error: ',
      'TLS: Initial packet from ',
      'Authenticate/Decrypt packet error: ',
      'VERIFY OK: depth=',
      'VERIFY SCRIPT ERROR',
      'CRL CHECK FAILED',
      'SENT CONTROL [',
      'SIGUSR1[soft,',
      'Connection reset, restarting',
      'WARNING: Bad encapsulated packet length',
    ].map((text) => ({
      has: [text],
      test: new RegExp(`${PEER}(?:\\[[^\\[\\]]{1,256}\\] )?${text.replace(/[/[\]]/g, '\\$&')}`),
    })),
  ],
  parse,
};
