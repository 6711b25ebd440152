/**
 * NetworkManager and its relatives: `<info>  [1772265600.1234] device (wlan0): state change: …`. Names of networks are whatever
 * a neighbour called them.
 */
import { NETWORK } from '../ecs.ts';
import { wordings } from '../wordings.ts';
import type { Line, Parsed, Parser } from './parser.ts';

const network = (action: string, type: string): Parsed => ({
  'event.category': NETWORK,
  'event.type': [type],
  'event.action': action,
});

const { parse: worded } = wordings([
  {
    starts: 'device (',
    has: '): Activation: successful, device activated',
    pattern: /^device \((?<interface>[^()\s]{1,32})\): Activation: /,
    fields: network('device_activated', 'start'),
  },
  {
    starts: 'device (',
    has: '): Activation: failed for connection ',
    pattern: /^device \((?<interface>[^()\s]{1,32})\): Activation: failed for connection '.*'$/s,
    fields: network('device_activation_failed', 'error'),
  },
  {
    starts: 'device (',
    has: "): Activation: starting connection '",
    pattern:
      /^device \((?<interface>[^()\s]{1,32})\): Activation: starting connection '(?<network>.*)' \([0-9a-f-]{36}\)$/s,
    fields: network('device_activating', 'start'),
  },
  {
    starts: 'device (',
    has: '): state change: ',
    pattern:
      /^device \((?<interface>[^()\s]{1,32})\): state change: [a-z-]{1,24} -> (?<state>[a-z-]{1,24})(?: \(reason '(?<reason>[a-z0-9-]{1,64})'|$)/,
    fields: network('device_state_changed', 'change'),
  },
  {
    starts: 'device (',
    has: '): link ',
    pattern: /^device \((?<interface>[^()\s]{1,32})\): link (?<state>connected|disconnected)/,
    fields: network('link_changed', 'change'),
  },
  {
    starts: 'dhcp',
    has: ': state changed ',
    pattern:
      /^dhcp[46] \((?<interface>[^()\s]{1,32})\): state changed (?<state>[^,]{1,40})(?:, address=(?<hostIp>[\da-f.:]{2,45}))?/,
    fields: network('dhcp_state_changed', 'change'),
  },
  {
    starts: 'dhcp',
    has: ' address ',
    pattern: /^dhcp[46] \((?<interface>[^()\s]{1,32})\): {1,4}address (?<hostIp>[\da-f.:]{2,45})$/,
    fields: network('dhcp_address', 'info'),
  },
  {
    starts: 'manager: NetworkManager state is now ',
    pattern: /^manager: NetworkManager state is now (?<state>\w{1,24})$/,
    fields: network('network_state_changed', 'change'),
  },
  {
    starts: 'audit: op="',
    pattern: /^audit: op="(?<code>[\w-]{1,64})" .{0,4096} pid=\d{1,9} uid=(?<uid>\d{1,10}) result=/s,
    fields: network('configuration_requested', 'change'),
  },
]);

const LEVEL = /^<(\w{1,8})> +(?:\[\d{1,12}\.\d{1,9}\] )?/;

function parse(message: string, line: Line): Parsed | undefined {
  const head = LEVEL.exec(message);
  if (head === null) return worded(message, line);
  const found = worded(message.slice(head[0].length), line);
  return { 'log.level': head[1] ?? '', ...found };
}

export const networkManager: Parser = {
  name: 'network-manager',
  programs: ['networkmanager', 'nm-dispatcher'],
  namesItself: true,
  dataset: 'system.syslog',
  service: 'syslog',
  parse,
};
