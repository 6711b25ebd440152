import type { HostSnapshot, Listener } from '#contract';
import { plural, thousands } from '#ui/model';
import { unreachable } from '#lib/unreachable';
import { bytesPerSecond } from '../amount.ts';
import { cell, type Line, space } from '../line.ts';
import { sparkline } from '../marks.ts';
import { series } from '../series.ts';
import { type Point, type TopState, valueOf } from '../state.ts';
import { because, type Pane, type Room, widthClass } from './pane.ts';

export const network: Pane = {
  title: 'Network',
  content(state, room) {
    const scored = valueOf(state.snapshot);
    if (scored === undefined)
      return { note: '', lines: [because('missing' in state.snapshot ? state.snapshot.missing : '')] };
    const { snapshot } = scored;
    return {
      note: noteOf(snapshot, room),
      lines: [
        ...traffic(state, snapshot, room),
        ...doors(snapshot.listeners).map((door) => doorLine(door, room.cells)),
        ...(snapshot.connections?.peers ?? []).map(({ address, count }) => peerLine(address, count, room.cells)),
      ],
    };
  },
};

function noteOf({ connections }: HostSnapshot, { cells }: Room): string {
  if (connections === null) return '';
  return widthClass(cells) === 'wide'
    ? plural(connections.established, 'connection')
    : `${thousands(connections.established)} open`;
}

/** Without a second look there is no rate, on some systems never. */
function traffic(state: TopState, snapshot: HostSnapshot, { cells }: Room): readonly Line[] {
  const [label, value, gap] = { narrow: [4, 9, 2], usual: [4, 13, 3], wide: [11, 12, 4] }[widthClass(cells)] as [
    number,
    number,
    number,
  ];
  const rate = (name: 'in' | 'out'): Line => {
    const past = series(state.history, (point: Point) => point[name]);
    const now = snapshot.span > 0 ? snapshot.network?.[name] : undefined;
    const top = Math.max(1, ...past.map((each) => each ?? 0));
    return [
      ...cell(name, label, { ink: 'soft' }),
      ...cell(now === undefined ? '–' : bytesPerSecond(now), value, { align: 'right' }),
      space(gap),
      ...sparkline(past, top, Math.max(0, cells - label - value - gap)),
    ];
  };
  return snapshot.network === null ? [because('This system does not tell its traffic.')] : [rate('in'), rate('out')];
}

interface Door {
  readonly port: string;
  readonly process: string;
  readonly open: string;
  readonly rank: number;
}

const EVERYWHERE = ['0.0.0.0', '::', '*', ''];
const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';

/** The widest open first. One port on both IP versions is one door. */
function doors(listeners: readonly Listener[]): readonly Door[] {
  const byPort = new Map<string, Door>();
  for (const listener of listeners) {
    const everywhere = EVERYWHERE.includes(listener.address);
    const rank = everywhere ? 0 : isLoopback(listener.address) ? 2 : 1;
    const port = listener.protocol === 'tcp' ? String(listener.port) : `${listener.port}/udp`;
    const known = byPort.get(port);
    if (known !== undefined && (known.rank < rank || known.process !== '')) continue;
    const open = everywhere
      ? 'open to the network'
      : rank === 2
        ? 'open to this machine'
        : `open on ${listener.address}`;
    byPort.set(port, { port, process: listener.process, open, rank: Math.min(rank, known?.rank ?? rank) });
  }
  return [...byPort.values()].toSorted((a, b) => a.rank - b.rank || parseInt(a.port, 10) - parseInt(b.port, 10));
}

function doorLine(door: Door, cells: number): Line {
  const process = door.process === '' ? '–' : door.process;
  const faint = { ink: 'faint' } as const;
  const width = widthClass(cells);
  switch (width) {
    case 'narrow':
      return [...cell(door.port, 8, { ink: 'soft' }), space(1), ...cell(process, cells - 9)];
    case 'usual':
      return [
        ...cell(door.port, 8, { ink: 'soft' }),
        space(1),
        ...cell(process, cells - 30),
        space(1),
        ...cell(door.open, 20, faint),
      ];
    case 'wide':
      return [
        ...cell(door.port, 9, { ink: 'soft', align: 'right' }),
        space(4),
        ...cell(process, 15),
        ...cell(door.open, cells - 28, faint),
      ];
    default:
      return unreachable(width);
  }
}

function peerLine(address: string, count: number, cells: number): Line {
  return [
    ...cell(address, Math.max(0, cells - 17), { ink: 'soft' }),
    ...cell(plural(count, 'connection'), Math.min(17, cells), { ink: 'faint', align: 'right' }),
  ];
}
