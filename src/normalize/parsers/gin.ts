/**
 * Gin, the web framework of many Go programs: `[GIN] YYYY/MM/DD - hh:mm:ss | STATUS | LATENCY | ADDR | METHOD   "TARGET"`. Whose program
 * it is, the line does not say.
 */
import { ACCESS_EVENT } from '../http.ts';
import { readStamp } from '../stamp.ts';
import { withGroups } from '../wordings.ts';
import type { Line, Parsed, Parser } from './parser.ts';

const COLUMNS =
  /^ {0,2}\| {0,4}(?<status>\d{3}) {0,4}\| {0,20}[\d.hmµnsu]{1,24} {0,4}\| {0,45}(?<ip>[\da-fA-F:.]{2,45}) {0,4}\| {0,4}(?<method>[A-Z]{3,10}) {1,12}"(?<url>.*)"$/;
const SIGNATURE = /^\[GIN\] \d{4}\/\d\d\/\d\d - \d\d:\d\d:\d\d {0,2}\| {0,4}\d{3} {0,4}\|/;

export function ginLine(message: string, line: Line): Parsed | undefined {
  const start = message.startsWith('[GIN] ') ? 6 : 0;
  const stamp = readStamp(message, start, line.clock);
  const groups = COLUMNS.exec(message.slice(stamp === undefined ? start : stamp.end))?.groups;
  if (groups === undefined) return undefined;
  return withGroups(stamp === undefined ? ACCESS_EVENT : { ...ACCESS_EVENT, '@timestamp': stamp.time }, groups);
}

export const gin: Parser = {
  name: 'gin',
  programs: [],
  dataset: 'gin.access',
  product: 'linux',
  service: 'gin',
  category: 'webserver',
  signatures: [{ starts: '[GIN] ', has: [' | '], test: SIGNATURE }],
  parse: ginLine,
};
