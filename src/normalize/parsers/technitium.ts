/**
 * Technitium DNS Server: `[STAMP] [ADDR:PORT] …`. The web service's refusals are exceptions, its log-ins sentences, and queries
 * are written where 'Log All Queries' is on. The name behind `for user: ` is the client's and stands last.
 */
import { DNS_QUERY } from '../dns.ts';
import { LOGIN_ACCEPTED, LOGIN_FAILED, LOGOUT } from '../ecs.ts';
import { wordings } from '../wordings.ts';
import type { Parser } from './parser.ts';

const PEER = String.raw`^\[(?<peer>[\da-fA-F.:]{2,45}|\[[\da-fA-F.:]{2,45}\]:\d{1,5}|[\d.]{7,15}:\d{1,5})\] `;

export const technitium: Parser = {
  name: 'technitium',
  programs: ['technitium', 'dnsserverapp'],
  types: ['technitium-dns'],
  paths: ['/technitium/'],
  dataset: 'technitium.log',
  product: 'technitium',
  service: 'technitium',
  ...wordings([
    {
      has: 'DnsWebServiceException: Invalid username or password for user: ',
      pattern: new RegExp(
        `${PEER}DnsServerCore\\.DnsWebServiceException: (?<reason>Invalid username or password) for user: (?<user>[^\\r\\n]{1,255})`,
      ),
      fields: LOGIN_FAILED,
    },
    {
      has: 'DnsWebServiceException: ',
      pattern: new RegExp(
        `${PEER}DnsServerCore\\.(?:TwoFactorAuth\\w{0,32}|DnsWebService)Exception: (?<reason>(?:Invalid OTP|Max limit of \\d{1,4} attempts|Invalid (?:two-factor|2FA)).{0,200})`,
      ),
      fields: LOGIN_FAILED,
    },
    {
      has: '] User logged in',
      pattern: new RegExp(`${PEER}\\[(?<user>[^\\[\\]]{1,255})\\] User logged in`),
      fields: LOGIN_ACCEPTED,
    },
    {
      has: '] User logged out',
      pattern: new RegExp(`${PEER}\\[(?<user>[^\\[\\]]{1,255})\\] User logged out`),
      fields: LOGOUT,
    },
    {
      has: '] QNAME: ',
      pattern: new RegExp(
        `${PEER}\\[(?<protocol>\\w{2,8})\\] QNAME: (?<question>[^;]{1,1100}); QTYPE: (?<questionType>[\\w-]{1,16}); QCLASS: \\w{1,8}; `,
      ),
      fields: DNS_QUERY,
    },
  ]),
};
