/** Inks by role, for what a terminal can show. Shape and word carry every meaning, so none of them is needed to read. */
import type { Level } from '#contract';

/** Text in three strengths, lines, data, the one accent, and the five levels. */
export type Ink = 'text' | 'soft' | 'faint' | 'line' | 'data' | 'lamp' | Level;

/** `none` sends no escape at all inside a line. */
export type ColourDepth = '24-bit' | '256' | '16' | 'none';
export type Background = 'dark' | 'light';

/** SGR parameters of each ink. Text is the terminal's own, so it can be read whatever the background turns out to be. */
type Palette = Readonly<Record<Ink, string>>;

const rgb = (hex: string): string => `38;2;${[0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)).join(';')}`;
const byHex = (inks: Readonly<Record<Exclude<Ink, 'text'>, string>>): Palette => ({
  text: '',
  soft: rgb(inks.soft),
  faint: rgb(inks.faint),
  line: rgb(inks.line),
  data: rgb(inks.data),
  lamp: rgb(inks.lamp),
  informational: rgb(inks.informational),
  low: rgb(inks.low),
  medium: rgb(inks.medium),
  high: rgb(inks.high),
  critical: rgb(inks.critical),
});

const TRUE_COLOUR: Readonly<Record<Background, Palette>> = {
  dark: byHex({
    soft: 'bdbbb6',
    faint: '9a9a98',
    line: '3c434d',
    data: '86b6cf',
    lamp: 'f4bd6e',
    informational: '9da3ad',
    low: '38acf0',
    medium: 'f9e48a',
    high: 'fd8814',
    critical: 'f72452',
  }),
  light: byHex({
    soft: '524e47',
    faint: '6a655c',
    line: 'cfc9bd',
    data: '33667f',
    lamp: '8a5400',
    informational: '5c6773',
    low: '047bdf',
    medium: 'a8860d',
    high: '8e2c0b',
    critical: '500e1f',
  }),
};

const INDEXED: Readonly<Record<Background, Palette>> = {
  dark: {
    text: '',
    soft: '38;5;250',
    faint: '38;5;246',
    line: '38;5;238',
    data: '38;5;110',
    lamp: '38;5;215',
    informational: '38;5;247',
    low: '38;5;39',
    medium: '38;5;228',
    high: '38;5;208',
    critical: '38;5;197',
  },
  light: {
    text: '',
    soft: '38;5;239',
    faint: '38;5;241',
    line: '38;5;250',
    data: '38;5;24',
    lamp: '38;5;94',
    informational: '38;5;242',
    low: '38;5;32',
    medium: '38;5;136',
    high: '38;5;88',
    critical: '38;5;52',
  },
};

/** The sixteen are the reader's own choice and work on either background; `2` is faint. */
const SIXTEEN: Palette = {
  text: '',
  soft: '',
  faint: '2',
  line: '2',
  data: '36',
  lamp: '33',
  informational: '',
  low: '94',
  medium: '33',
  high: '31',
  critical: '91',
};

/** Puts one piece of a line into its ink. */
export type Theme = (text: string, ink: Ink, bold: boolean) => string;

export function themeOf(depth: ColourDepth, background: Background = 'dark'): Theme {
  if (depth === 'none') return (text) => text;
  const palette = depth === '16' ? SIXTEEN : (depth === '256' ? INDEXED : TRUE_COLOUR)[background];
  return (text, ink, bold) => {
    const codes = [bold ? '1' : '', palette[ink]].filter((code) => code !== '').join(';');
    return codes === '' ? text : `\u001b[${codes}m${text}\u001b[0m`;
  };
}
