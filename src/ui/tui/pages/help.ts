/** `?`: every key, and what the shapes mean. */
import { LEVELS_DOWN } from '#ui/model';
import { cell, type Line, span } from '../line.ts';
import { levelMark } from '../marks.ts';
import type { TopState } from '../state.ts';

const KEYS: readonly (readonly [keys: string, meaning: string])[] = [
  ['1 to 6, Tab', 'go to a pane'],
  ['j k, arrows', 'move in it'],
  ['Enter', 'open the alert, or the whole pane'],
  ['Esc', 'back'],
  ['a', 'acknowledge the alert: seen, and somebody looks after it'],
  ['/', 'show only alerts with these words'],
  ['p', 'hold the picture still; it goes on being watched'],
  ['Ctrl-L', 'draw everything again'],
  ['q, Ctrl-C', 'quit'],
];

export function helpLines(state: TopState): readonly Line[] {
  return [
    [span('Keys', 'text', true)],
    ...KEYS.map(([keys, meaning]) => [...cell(keys, 14), span(meaning, 'soft')]),
    [],
    [span('Levels, worst first', 'text', true)],
    LEVELS_DOWN.flatMap((level) => [...levelMark(level, 'long'), span('  ')]),
    [],
    [span(mode(state), 'faint')],
    [span(`Porchlight ${state.version}`, 'faint')],
  ];
}

function mode({ connection, interval }: TopState): string {
  return connection === 'monitor'
    ? `No server runs, so this looks at the machine itself, every ${interval} s, and keeps both monitor files.`
    : `A server runs; this only shows what it knows, and asks again every ${interval} s.`;
}
