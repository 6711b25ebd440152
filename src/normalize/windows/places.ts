/** Files, registry keys, hashes and answers, from one text to ECS's several fields. */
import type { Fields } from '#contract';
import { isAddress } from '../address.ts';
import { baseName, hexDigit } from './record.ts';

export function setFile(draft: Fields, path: string): void {
  const name = baseName(path);
  draft['file.path'] = path;
  draft['file.name'] = name;
  const folder = path.slice(0, Math.max(0, path.length - name.length - 1));
  if (folder !== '') draft['file.directory'] = folder;
  const dot = name.lastIndexOf('.');
  if (dot > 0 && dot < name.length - 1) draft['file.extension'] = name.slice(dot + 1);
}

/** What the kernel calls the hives. The user's own hive is `HKU` and his SID. */
const HIVES: readonly (readonly [prefix: string, hive: string])[] = [
  ['\\registry\\machine\\', 'HKLM'],
  ['\\registry\\user\\', 'HKU'],
  ['hkey_local_machine\\', 'HKLM'],
  ['hkey_users\\', 'HKU'],
  ['hkey_current_user\\', 'HKCU'],
  ['hkey_classes_root\\', 'HKCR'],
];

/** `HKLM\System\…\Start`; `value`: the value's name, where it does not stand at the path's end. */
export function setRegistry(draft: Fields, object: string, value?: string): void {
  const low = object.slice(0, 24).toLowerCase();
  const kernel = HIVES.find(([prefix]) => low.startsWith(prefix));
  const path = kernel === undefined ? object : `${kernel[1]}\\${object.slice(kernel[0].length)}`;
  const first = path.indexOf('\\');
  draft['registry.path'] = value === undefined ? path : `${path}\\${value}`;
  if (first > 0) draft['registry.hive'] = path.slice(0, first);
  const key = path.slice(first + 1);
  if (key !== '') draft['registry.key'] = key;
  if (value !== undefined) draft['registry.value'] = value;
}

/** Sysmon 13 and 14 write the value behind the key. */
export function setRegistryValue(draft: Fields, object: string): void {
  const last = object.lastIndexOf('\\');
  setRegistry(draft, object);
  if (last <= object.indexOf('\\')) return;
  draft['registry.key'] = object.slice(object.indexOf('\\') + 1, last);
  draft['registry.value'] = object.slice(last + 1);
}

const HASHES = {
  process: hashFields('process'),
  file: hashFields('file'),
} as const;

function hashFields(under: string): ReadonlyMap<string, string> {
  return new Map([
    ['MD5', `${under}.hash.md5`],
    ['SHA1', `${under}.hash.sha1`],
    ['SHA256', `${under}.hash.sha256`],
    ['IMPHASH', `${under}.pe.imphash`],
  ]);
}

/** `SHA1=…,MD5=…,SHA256=…,IMPHASH=…`; all zeros where Sysmon could not read the file. */
export function setHashes(draft: Fields, field: 'process' | 'file', hashes: string | undefined): void {
  if (hashes === undefined || hashes.length > 1000) return;
  for (let begin = 0; begin < hashes.length;) {
    const comma = hashes.indexOf(',', begin);
    const end = comma === -1 ? hashes.length : comma;
    const at = hashes.indexOf('=', begin);
    if (at !== -1 && at < end && isHash(hashes, at + 1, end)) {
      const known = HASHES[field].get(hashes.slice(begin, at));
      if (known !== undefined) draft[known] = hashes.slice(at + 1, end).toLowerCase();
    }
    begin = end + 1;
  }
}

function isHash(text: string, from: number, to: number): boolean {
  if (to - from < 32 || to - from > 64) return false;
  let zeros = true;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (hexDigit(code) === 0) return false;
    if (code !== 48) zeros = false;
  }
  return !zeros;
}

const MAX_ANSWERS = 64;

/** `type:  5 cdn.example;::ffff:192.0.2.1;2001:db8::1;`: names of CNAMEs, then addresses. */
export function setAnswers(draft: Fields, results: string | undefined): void {
  if (results === undefined) return;
  const addresses: string[] = [];
  const names: string[] = [];
  for (const part of results.slice(0, 8192).split(';', MAX_ANSWERS)) {
    const text = part.trim();
    if (text.startsWith('type:')) {
      const name = text.slice(text.lastIndexOf(' ') + 1);
      if (!/^\d*$/.test(name)) names.push(name);
    } else if (isAddress(text)) {
      addresses.push(text.startsWith('::ffff:') && text.includes('.') ? text.slice(7) : text);
    }
  }
  if (addresses.length > 0) draft['dns.resolved_ip'] = addresses;
  if (names.length + addresses.length > 0) draft['dns.answers.data'] = [...names, ...addresses];
}
