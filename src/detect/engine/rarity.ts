/**
 * How often a text stands in real events, estimated. Length says little: `\windows\system32\` is long and everywhere, `-enc`
 * is short and rare. So the common words of the logs that rules look at are listed with the share of events that have them;
 * everything that is not part of one of them is judged by its letters.
 */
import type { Trigger } from './cover.ts';

/** [share of events, texts that are in so many]. Where a literal is part of one of them, it is at least as common. */
export const COMMON: readonly (readonly [number, readonly string[]])[] = [
  [
    0.9,
    [
      'c:\\windows\\system32\\',
      '.exe" ',
      '.exe',
      '" -',
      'c:\\program files\\',
      'nt authority\\system',
      '\\users\\',
      'true',
      'false',
      'hkey_local_machine\\software\\microsoft\\windows\\currentversion\\',
      'hklm\\software\\microsoft\\windows nt\\currentversion\\',
      'hklm\\system\\currentcontrolset\\services\\',
      'hku\\s-1-5-21-',
    ],
  ],
  [
    0.3,
    [
      'c:\\program files (x86)\\',
      '" "c:\\program files\\',
      'exe c:\\windows\\',
      '"c:\\users\\',
      ' --',
      ' /',
      '\\appdata\\local\\',
      'c:\\programdata\\',
      '\\appdata\\roaming\\',
      'c:\\users\\administrator\\',
      'microsoft corporation',
      'md5=',
      'sha256=',
      ',imphash=',
      'microsoft® windows® operating system',
      '.dll',
      'https://',
      'http://',
      'dword (0x00000001)',
      'dword (0x00000000)',
      'binary data',
      '/usr/bin/',
      '/bin/sh -c ',
      '/usr/sbin/',
      '/lib/',
      '.log',
      '.txt',
      '.json',
      '.tmp',
      'system',
      'high',
      'medium',
      'session opened for user root',
      'failed password for invalid user ',
      'accepted publickey for ',
      'tcp',
      'port ',
      ' from ',
      'user=root',
      'command=/usr/bin/',
      'get ',
      'post ',
      'http/1.1',
    ],
  ],
  [
    0.1,
    [
      '\\cmd.exe" /c "',
      'c:\\windows\\system32\\svchost.exe -k netsvcs -p -s ',
      '\\??\\c:\\windows\\system32\\conhost.exe 0xffffffff -forcev1',
      'c:\\windows\\system32\\cmd.exe',
      'c:\\windows\\system32\\services.exe',
      'c:\\windows\\explorer.exe',
      '.exe" -embedding',
      '" --type=renderer --field-trial-handle=',
      '\\powershell.exe',
      '\\appdata\\local\\temp\\',
      'c:\\windows\\temp\\',
      '\\microsoft\\windows\\',
      '\\windowspowershell\\v1.0\\',
      '--type=',
      '-command ',
      '\\syswow64\\',
      '\\google\\chrome\\application\\chrome.exe',
      '\\microsoft\\edge\\application\\msedge.exe',
      '\\msiexec.exe',
      '\\rundll32.exe',
      '\\taskhostw.exe',
      '/usr/lib/systemd/',
      '/bin/bash',
      'python3',
      '-noprofile -noninteractive -executionpolicy bypass -file ',
      '\\currentversion\\run',
      '\\downloads\\',
      '\\desktop\\',
      '\\documents\\',
      '\\startup\\',
      '.ps1',
      '.bat',
      '.vbs',
      '.js',
      '.xml',
      '.zip',
      '.lnk',
      '.docx',
    ],
  ],
  [
    0.03,
    [
      '\\regsvr32.exe',
      '\\schtasks.exe',
      '\\net.exe',
      '\\net1.exe',
      '\\reg.exe',
      '\\sc.exe',
      '\\wmic.exe',
      '\\findstr.exe',
      '\\tasklist.exe',
      '\\ping.exe',
      '\\whoami.exe',
      '\\wscript.exe',
      '\\cscript.exe',
      '\\mshta.exe',
      '\\curl.exe',
      '\\certutil.exe',
      '\\pwsh.exe',
      '\\powershell_ise.exe',
      '\\java.exe',
      '\\javaw.exe',
      '\\node.exe',
      '\\python.exe',
      '\\code.exe',
      '\\git.exe',
      '\\ssh.exe',
      '\\winword.exe',
      '\\excel.exe',
      '\\outlook.exe',
      '\\teams.exe',
      '\\onedrive.exe',
      '\\wermgr.exe',
      '\\werfault.exe',
      '\\dllhost.exe',
      '\\lsass.exe',
      '\\winlogon.exe',
      '\\spoolsv.exe',
      '\\w3wp.exe',
      '\\sqlservr.exe',
      'localhost',
      '127.0.0.1',
      'install',
      'update',
      'service',
      'delete',
      'create',
      'config',
      'password',
      'process',
      'start ',
      'stop ',
      'query ',
      '/create ',
      '/v ',
      '/f ',
      '/d ',
      '/t ',
      '/q ',
      '/s ',
      '-n ',
      '-p ',
      '-f ',
      '-c ',
      '-i ',
      '-s ',
      '-r ',
      'add ',
      'echo ',
      'copy ',
    ],
  ],
];

/** One text a share, so that one search answers for all. */
const JOINED = COMMON.map(([share, texts]) => [share, texts.join('\n')] as const);

/** Places of a text where a letter may stand, and how often it stands in one of them, roughly. */
export const PLACES = 60;

function letterShare(letter: string): number {
  if (/[a-z \\.]/.test(letter)) return 0.09;
  return /[\d/:"_=-]/.test(letter) ? 0.03 : 0.0005;
}

function byLetters(literal: string): number {
  let share = PLACES;
  for (let i = 0; i < literal.length && share > 1e-7; i++) {
    share *= letterShare(literal.charAt(i));
  }
  return Math.min(1, share);
}

/** Letters alone call every ordinary word unseen; words are rarely rarer than this. */
const WORD_FLOOR = 0.0005;

/**
 * Fields with a handful of values, each in every other line of its log. A finder tells them at once, but whatever else a rule
 * asks for is rarer.
 */
const KINDS = new Set(['event.action', 'event.category', 'event.outcome', 'event.type']);
const KIND_SHARE = 0.0195;

export function rarity({ place, literal, field }: Trigger): number {
  if (place === 'number') return numberShare(literal);
  if (place === 'whole' && field !== undefined && KINDS.has(field.name)) return KIND_SHARE;
  if (literal === '') return place === 'whole' ? 0.2 : 1;
  let share = Math.max(byLetters(literal), literal.length < 12 ? WORD_FLOOR : WORD_FLOOR / 5);
  share = Math.max(share, JOINED.find(([, texts]) => texts.includes(literal))?.[0] ?? 0);
  // A keyword has the whole event to stand in; an end or a whole value is one place.
  if (field === undefined) return Math.min(1, share * 2);
  return place === 'anywhere' ? share : place === 'whole' && literal.length > 6 ? share / 20 : share / 3;
}

/** Codes of events that a Windows machine writes all day. */
const BUSY = new Set([
  '4624',
  '4634',
  '4672',
  '4688',
  '4663',
  '4656',
  '5145',
  '5156',
  '5158',
  '1',
  '3',
  '7',
  '11',
  '13',
  '22',
  '0',
]);
const numberShare = (literal: string): number => (BUSY.has(literal) ? 0.3 : 0.02);
