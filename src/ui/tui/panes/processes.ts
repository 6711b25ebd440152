import type { ProcessUse } from '#contract';
import { unreachable } from '#lib/unreachable';
import { cell, type Line, space, span } from '../line.ts';
import { bar } from '../marks.ts';
import { valueOf } from '../state.ts';
import { because, type Pane, widthClass } from './pane.ts';

export const processes: Pane = {
  title: 'Processes',
  content(state, { cells }) {
    const scored = valueOf(state.snapshot);
    if (scored === undefined)
      return { note: '', lines: [because('missing' in state.snapshot ? state.snapshot.missing : '')] };
    const { processes: list, span: since } = scored.snapshot;
    if (list.length === 0) return { note: '', lines: [because('This system does not tell which processes run.')] };
    // The first look has nothing to compare with, so nobody has used anything yet.
    const known = since > 0;
    return { note: heads(cells), lines: list.map((process) => processLine(process, cells, known)) };
  },
};

const heads = (cells: number): string => (widthClass(cells) === 'wide' ? 'cpu %    mem %' : 'cpu %');

function processLine(process: ProcessUse, cells: number, known: boolean): Line {
  const cpu = known ? String(Math.round(process.cpu)) : '–';
  const right = { align: 'right' } as const;
  const faint = { ink: 'faint' } as const;
  const width = widthClass(cells);
  switch (width) {
    case 'narrow':
      return [
        ...cell(process.name, cells - 15),
        ...cell(String(process.pid), 8, { ...faint, ...right }),
        ...cell(cpu, 7, right),
      ];
    case 'usual':
      return [
        ...cell(process.name, cells - 26),
        space(1),
        ...cell(process.user, 10, faint),
        ...cell(String(process.pid), 7, { ...faint, ...right }),
        ...cell(cpu, 8, right),
      ];
    case 'wide': {
      const bars = cells >= 80 ? 20 : 0;
      const name = Math.floor((cells - bars - 29) / 2);
      return [
        ...cell(process.name, name - 1),
        space(1),
        ...cell(process.user, cells - bars - 29 - name, faint),
        ...cell(String(process.pid), 8, { ...faint, ...right }),
        ...(bars === 0 ? [] : [span('  '), ...bar(known ? process.cpu / 100 : 0, bars - 2)]),
        ...cell(cpu, 12, right),
        ...cell(process.memory.toFixed(1), 9, { ...right, ink: 'soft' }),
      ];
    }
    default:
      return unreachable(width);
  }
}
