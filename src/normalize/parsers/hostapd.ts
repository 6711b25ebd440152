/** hostapd, the access point of OpenWrt, UniFi and self-made ones: who joined the wireless network, who left, who had the wrong password. */
import { withServiceType } from '../application.ts';
import { NETWORK } from '../ecs.ts';
import { wordings } from '../wordings.ts';
import type { Parsed } from './parser.ts';

const client = (action: string, ...types: string[]): Parsed => ({
  'event.category': NETWORK,
  'event.type': ['connection', ...types],
  'event.action': action,
});
const at = (pattern: string): RegExp => new RegExp(`^(?<interface>[\\w.-]{1,32}): ${pattern}`);
const MAC = '(?<mac>[\\da-fA-F:]{17})';

export const hostapd = withServiceType({
  name: 'hostapd',
  programs: ['hostapd'],
  types: ['wlan'],
  namesItself: true,
  dataset: 'hostapd.log',
  service: ['hostapd', 'syslog'],
  ...wordings([
    { has: 'AP-STA-CONNECTED ', pattern: at(`AP-STA-CONNECTED ${MAC}`), fields: client('wireless_client', 'start') },
    {
      has: 'AP-STA-DISCONNECTED ',
      pattern: at(`AP-STA-DISCONNECTED ${MAC}`),
      fields: client('wireless_client', 'end'),
    },
    {
      has: 'AP-STA-POSSIBLE-PSK-MISMATCH ',
      pattern: at(`AP-STA-POSSIBLE-PSK-MISMATCH ${MAC}`),
      fields: {
        'event.category': ['authentication', 'network'],
        'event.type': ['start', 'denied'],
        'event.action': 'wireless_login',
        'event.outcome': 'failure',
      },
    },
    {
      has: ' IEEE 802.11: associated',
      pattern: at(`STA ${MAC} IEEE 802\\.11: associated`),
      fields: client('wireless_association', 'info'),
    },
    {
      has: ' IEEE 802.11: disassociated',
      pattern: at(`STA ${MAC} IEEE 802\\.11: disassociated`),
      fields: client('wireless_association', 'info'),
    },
    {
      has: ' IEEE 802.11: authenticated',
      pattern: at(`STA ${MAC} IEEE 802\\.11: authenticated`),
      fields: client('wireless_association', 'info'),
    },
    {
      has: ' WPA: pairwise key handshake completed',
      pattern: at(`STA ${MAC} WPA: `),
      fields: client('wireless_key', 'info'),
    },
  ]),
});
