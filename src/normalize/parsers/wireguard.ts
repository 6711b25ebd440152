/** WireGuard's module with dynamic debugging on (drivers/net/wireguard: receive.c, send.c, timers.c): `wireguard: IF: text`. */
import { NETWORK } from '../ecs.ts';
import { wordings } from '../wordings.ts';
import type { Parsed, Parser } from './parser.ts';

const HEAD = String.raw`^(?:\[ {0,6}\d{1,10}\.\d{6}\] )?wireguard: (?<interface>[\w.=-]{1,15}): `;
const PEER = String.raw`\(?(?<peer>\[[\da-fA-F:.%\w]{2,60}\]:\d{1,5}|[\d.]{7,15}:\d{1,5})\)?`;
const event = (action: string, type: string): Parsed => ({
  'event.category': NETWORK,
  'event.type': ['connection', type],
  'event.action': action,
  'network.transport': 'udp',
});

export const wireguard: Parser = {
  name: 'wireguard',
  programs: ['wireguard', 'kernel'],
  dataset: 'wireguard.log',
  service: ['wireguard', 'syslog'],
  ...wordings([
    {
      has: [' wireguard: ', 'Packet has unallowed src IP ('],
      pattern: new RegExp(
        `${HEAD}(?<reason>Packet has unallowed src IP \\([\\da-fA-F.:]{2,45}\\)) from peer \\d{1,10} ${PEER}$`,
      ),
      fields: event('packet_refused', 'denied'),
      quiet: true,
    },
    {
      has: 'wireguard: ',
      pattern: new RegExp(
        `${HEAD}(?<reason>Packet has unallowed src IP \\([\\da-fA-F.:]{2,45}\\)|Packet is neither ipv4 nor ipv6|Packet has incorrect size|Could not decrypt incoming packet|Receiving packet with invalid nonce \\d{1,20} \\(max \\d{1,20}\\)|Packet has invalid nonce \\d{1,20} \\(max \\d{1,20}\\)) from peer \\d{1,10} ${PEER}$`,
      ),
      fields: event('packet_refused', 'denied'),
    },
    {
      has: 'wireguard: ',
      pattern: new RegExp(
        `${HEAD}(?<reason>Invalid handshake (?:initiation|response)|Invalid MAC of handshake, dropping packet|Cookie response has invalid|Dropping handshake packet|Could not decrypt invalid cookie response|Invalid packet) from ${PEER}$`,
      ),
      fields: event('handshake_refused', 'denied'),
    },
    {
      has: 'wireguard: ',
      pattern: new RegExp(
        `${HEAD}Handshake for peer \\d{1,10} ${PEER} (?<reason>did not complete after \\d{1,6} (?:seconds|attempts))`,
      ),
      fields: event('handshake_incomplete', 'error'),
    },
    {
      has: 'wireguard: ',
      pattern: new RegExp(`${HEAD}Receiving handshake (?:initiation|response) from peer \\d{1,10} ${PEER}$`),
      fields: event('handshake', 'start'),
    },
    {
      has: 'wireguard: ',
      pattern: new RegExp(
        `${HEAD}(?:Receiving keepalive packet from|Sending \\w[\\w ]{1,40} to) peer \\d{1,10} ${PEER}$`,
      ),
      fields: event('wireguard_message', 'info'),
    },
  ]),
};
