/**
 * What was typed and what came back, as a page of documentation. What differs from run to run (ports, folders, times) is
 * written as a new user would meet it, so that the page changes only when the product does; milliseconds are figures
 * of the run that wrote the page, and are not compared.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { House } from './house.ts';

export interface Transcript {
  chapter(title: string, words: string): void;
  /** A paragraph. */
  say(words: string): void;
  /** What a terminal showed. */
  console(text: string): void;
  text(): string;
}

const TIMES: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00/g, '2026-11-20T20:12:07.318000+00:00'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '2026-11-20T20:12:07.318Z'],
  [/"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"/g, '"2026-11-20 20:12:07"'],
  // Lists write the date where midnight was meanwhile.
  [/(?<!")(?:\b\d{4}-\d\d-\d\d )?\b\d\d:\d\d:\d\d(?![.\d])/g, '20:12:07'],
  [/source\.port:\d+/g, 'source.port:51332'],
  [/\b(after) \d+\.\d s\b/g, '$1 3.1 s'],
];

/** The launcher may have something to do first on one machine and not on another. */
const LAUNCHER = /^porchlight: (?:Building|Installing|Waiting).*\n?/gm;

/** `heading`: the page's heading and what it is about. */
export function transcript(house: House, heading: string): Transcript {
  const parts: string[] = [heading];
  const named: readonly (readonly [string, string])[] = [
    [house.data, '~/.local/state/porchlight'],
    [house.root, ''],
    [house.folder, '/tmp'],
    [String(house.port), '5000'],
    [String(house.port + 1), '5001'],
    [String(house.honeypotPort), '2323'],
  ];
  const tidy = (text: string): string => {
    let tidied = text.replaceAll('\r\n', '\n').replace(LAUNCHER, '');
    for (const [actual, shown] of named) tidied = tidied.replaceAll(actual, shown);
    for (const [pattern, shown] of TIMES) tidied = tidied.replace(pattern, shown);
    return tidied.replaceAll(/[ \t]+$/gm, '').trim();
  };
  return {
    chapter: (title, words) => void parts.push(`## ${title}\n\n${words}\n`),
    say: (words) => void parts.push(`${tidy(words)}\n`),
    console: (text) => void parts.push(`\`\`\`console\n${tidy(text)}\n\`\`\`\n`),
    text: () => parts.join('\n'),
  };
}

const pageOf = (name: string): URL => new URL(`../../docs/${name}.md`, import.meta.url);

/** Whether this run writes documentation instead of comparing with it. */
export const writesDocs = (): boolean => process.env['PORCHLIGHT_DOCS'] === '1';

export const writePage = (name: string, text: string): void => writeFileSync(pageOf(name), text);
export const readPage = (name: string): string => readFileSync(pageOf(name), 'utf8');

/** Without the figures of one run. */
export const comparable = (text: string): string => text.replaceAll(/\d[\d,.]* ms\b/g, 'N ms');
