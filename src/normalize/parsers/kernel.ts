/**
 * Linux's kernel: packets that a firewall logged, what it did to processes (out of memory, faults), devices that came and went, refusals of
 * AppArmor and SELinux, and what threatens the machine (discs, heat, floods).
 *
 * Names of devices and programs are theirs to choose: each stands between what the kernel wrote around it.
 */
import { HOST, NETWORK, PROCESS } from '../ecs.ts';
import { packet } from '../packet.ts';
import { codeAt } from '../timestamp.ts';
import { wordings } from '../wordings.ts';
import { auditd } from './auditd.ts';
import type { Line, Parsed, Parser } from './parser.ts';

const host = (action: string, type = 'info'): Parsed => ({
  'event.category': HOST,
  'event.type': [type],
  'event.action': action,
});
const killed = (action: string): Parsed => ({
  'event.category': PROCESS,
  'event.type': ['end'],
  'event.action': action,
});
const network = (action: string): Parsed => ({
  'event.category': NETWORK,
  'event.type': ['info'],
  'event.action': action,
});

const { parse: worded } = wordings([
  {
    has: ['Killed process ', ' total-vm:'],
    pattern: /^.{0,80}Killed process (?<pid>\d+)(?: \((?<process>.{0,64}?)\))?,? (?:UID \d+,? )?total-vm:/s,
    fields: killed('oom_killed'),
  },
  {
    has: ' invoked oom-killer: ',
    pattern: /^(?<process>.{1,64}?) invoked oom-killer: /s,
    fields: { 'event.category': PROCESS, 'event.type': ['info'], 'event.action': 'oom_invoked' },
  },
  {
    has: ['oom-kill:', ',task='],
    pattern: /^oom-kill:.{0,2000},task=(?<process>.{0,64}),pid=(?<pid>\d+),uid=(?<uid>\d+)$/s,
    fields: killed('oom_killed'),
  },
  {
    has: ']: segfault at ',
    pattern: /^(?<process>.{1,64}?)\[(?<pid>\d+)\]: (?<reason>segfault) at /s,
    fields: killed('process_crashed'),
  },
  {
    starts: 'traps: ',
    pattern: /^traps: (?<process>.{1,64}?)\[(?<pid>\d+)\] (?<reason>(?:trap )?[a-z ]{1,40}?) ip:/s,
    fields: killed('process_crashed'),
  },
  {
    has: 'New USB device found, idVendor=',
    pattern:
      /^usb (?<device>[\d.-]{1,32}): New USB device found, idVendor=(?<vendor>[0-9a-f]{4}), idProduct=(?<product>[0-9a-f]{4})/,
    fields: host('usb_connected', 'start'),
  },
  {
    has: ': USB disconnect, ',
    pattern: /^usb (?<device>[\d.-]{1,32}): USB disconnect, /,
    fields: host('usb_disconnected', 'end'),
  },
  {
    starts: 'usb ',
    has: ': Product: ',
    pattern: /^usb (?<device>[\d.-]{1,32}): Product: (?<model>.{0,256})$/s,
    fields: host('usb_described'),
  },
  {
    starts: 'usb ',
    has: ': Manufacturer: ',
    pattern: /^usb (?<device>[\d.-]{1,32}): Manufacturer: (?<manufacturer>.{0,256})$/s,
    fields: host('usb_described'),
  },
  {
    starts: 'usb ',
    has: ': SerialNumber: ',
    pattern: /^usb (?<device>[\d.-]{1,32}): SerialNumber: (?<serial>.{0,256})$/s,
    fields: host('usb_described'),
  },
  {
    starts: 'usb-storage ',
    has: 'USB Mass Storage device detected',
    pattern: /^usb-storage (?<device>[\d.-]{1,32}):[\d.]{1,8}: /,
    fields: host('usb_storage_connected', 'start'),
  },
  {
    has: 'entered promiscuous mode',
    pattern: /^(?:device )?(?<interface>[\w.@-]{1,32}):? (?:[\w.@-]{1,32}: )?entered promiscuous mode/,
    fields: network('promiscuous_mode_entered'),
  },
  {
    has: 'left promiscuous mode',
    pattern: /^(?:device )?(?<interface>[\w.@-]{1,32}):? (?:[\w.@-]{1,32}: )?left promiscuous mode/,
    fields: network('promiscuous_mode_left'),
  },
  {
    has: 'Possible SYN flooding on port ',
    pattern: /Possible SYN flooding on port (?:\[?[\da-f.:]{2,45}?\]?:)?(?<toPort>\d{1,5})\./,
    fields: network('syn_flood'),
  },
  {
    has: ['martian source ', ' from '],
    pattern: /martian source (?<to>[\d.]{7,15}) from (?<ip>[\d.]{7,15}), on dev (?<interface>\S{1,32})/,
    fields: network('martian_source'),
  },
  { has: 'nf_conntrack: table full, dropping packet', fields: network('conntrack_full') },
  {
    has: 'Link is Down',
    pattern: /^(?:[\w.:-]{1,40} )*?(?<interface>[\w.@-]{1,32}): (?:NIC )?Link is Down/i,
    fields: network('link_down'),
  },
  {
    has: 'Link is Up',
    pattern: /^(?:[\w.:-]{1,40} )*?(?<interface>[\w.@-]{1,32}): (?:NIC )?Link is Up/i,
    fields: network('link_up'),
  },
  { starts: 'Linux version ', fields: host('system_booted', 'start') },
  { has: 'Kernel panic', fields: host('kernel_panic', 'error') },
  {
    has: 'I/O error, dev ',
    pattern: /I\/O error, dev (?<disk>[\w-]{1,32}), sector /,
    fields: host('disk_error', 'error'),
  },
  {
    has: 'EXT4-fs error (device ',
    pattern: /^EXT4-fs error \(device (?<disk>[\w-]{1,32})\): /,
    fields: host('filesystem_error', 'error'),
  },
  {
    has: 'BTRFS error (device ',
    pattern: /^BTRFS error \(device (?<disk>[\w-]{1,32})/,
    fields: host('filesystem_error', 'error'),
  },
  {
    has: 'Disk failure on ',
    pattern: /^md\/[\w-]{1,32}:[\w]{1,32}: Disk failure on (?<disk>[\w-]{1,32}),/,
    fields: host('raid_disk_failed', 'error'),
  },
  { has: 'temperature above threshold, cpu clock throttled', fields: host('cpu_overheated', 'error') },
  {
    has: 'blocked for more than ',
    pattern: /^INFO: task (?<process>.{1,64}?):(?<pid>\d{1,9}) blocked for more than /s,
    fields: host('task_hung', 'error'),
  },
  {
    has: 'module verification failed: ',
    pattern: /^(?<module>[\w-]{1,64}): module verification failed: /,
    fields: { 'event.category': ['driver'], 'event.type': ['start'], 'event.action': 'unsigned_module_loaded' },
  },
  {
    has: 'loading out-of-tree module taints kernel',
    pattern: /^(?<module>[\w-]{1,64}): loading out-of-tree module/,
    fields: { 'event.category': ['driver'], 'event.type': ['start'], 'event.action': 'module_loaded' },
  },
]);

/** `[12345.678901] ` since boot, also with a processor or a task: `[12345.678901][    T1] `. Where the message begins behind it. */
function sinceBoot(message: string): number {
  const start = blanksEnd(message, 1, 10);
  const dot = digitsEnd(message, start, 10);
  if (dot === start || codeAt(message, dot) !== 46 || digitsEnd(message, dot + 1, 6) !== dot + 7) return 0;
  const close = dot + 7;
  const end = codeAt(message, close + 1) === OPEN ? taskEnd(message, close + 1) : close;
  return codeAt(message, close) === CLOSE && codeAt(message, end) === CLOSE && codeAt(message, end + 1) === 32
    ? end + 2
    : 0;
}

/** Where `[    T1]` or `[ C0]` closes; 0 where it is something else. */
function taskEnd(message: string, open: number): number {
  const start = blanksEnd(message, open + 1, 8);
  const kind = codeAt(message, start);
  const end = digitsEnd(message, start + 1, 9);
  return (kind === 84 || kind === 67) && end > start + 1 ? end : 0;
}

const OPEN = 91;
const CLOSE = 93;

function blanksEnd(message: string, from: number, most: number): number {
  let end = from;
  while (codeAt(message, end) === 32 && end - from < most) end++;
  return end;
}

function digitsEnd(message: string, from: number, most: number): number {
  let end = from;
  while (isDigit(codeAt(message, end)) && end - from < most) end++;
  return end;
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

function parse(message: string, line: Line): Parsed | undefined {
  const text = message.charCodeAt(0) === 91 ? message.slice(sinceBoot(message)) : message;
  if (text.startsWith('audit: ')) return auditd.parse?.(text, line);
  return packet(text) ?? worded(text, line);
}

export const kernel: Parser = {
  name: 'kernel',
  programs: ['kernel', 'ulogd'],
  types: ['dmesg', 'iptables', 'nftables', 'ufw', 'netfilter', 'kern'],
  paths: ['kern.log', 'ufw.log', '/dmesg', 'iptables.log', 'firewalld'],
  signatures: [
    {
      has: ['IN=', ' SRC=', ' DST=', ' PROTO='],
      test: /^(?:\[[^\]]{1,64}\] ?){0,2}(?:DESCR="[^"]{0,256}" |[\w :.-]{0,80})IN=/,
    },
  ],
  namesItself: true,
  dataset: 'system.syslog',
  service: 'syslog',
  parse,
};
