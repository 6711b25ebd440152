import type { HostSnapshot } from '#contract';
import { duration, plural } from '#ui/model';
import { cell, type Line, space } from '../line.ts';
import { bar, sparkline } from '../marks.ts';
import { series } from '../series.ts';
import { type Point, type TopState, valueOf } from '../state.ts';
import { because, type Pane, type Room, type Width, widthClass } from './pane.ts';

interface Gauge {
  readonly label: string;
  /** 0 to 1. */
  readonly share: number;
  readonly value: string;
  readonly unit: string;
  readonly past: readonly (number | null)[];
  /** Height of a full cell of the sparkline. */
  readonly top: number;
}

const SIZES: Record<Width, { label: number; bar: number; value: number; gap: number }> = {
  narrow: { label: 7, bar: 10, value: 6, gap: 2 },
  usual: { label: 8, bar: 12, value: 6, gap: 2 },
  wide: { label: 11, bar: 14, value: 12, gap: 1 },
};

export const load: Pane = {
  title: 'Load',
  content(state, room) {
    const scored = valueOf(state.snapshot);
    if (scored === undefined)
      return { note: '', lines: [because('missing' in state.snapshot ? state.snapshot.missing : '')] };
    const { snapshot } = scored;
    const size = SIZES[widthClass(room.cells)];
    const wider = { ...size, bar: Math.max(size.bar, Math.floor(room.cells / 4)) };
    return {
      note: widthClass(room.cells) === 'wide' ? about(snapshot) : '',
      lines: gauges(snapshot, state, room).map((gauge) => gaugeLine(gauge, wider, room.cells)),
    };
  },
};

const about = (snapshot: HostSnapshot): string =>
  `${plural(snapshot.cpus, 'core')}, up ${duration(snapshot.uptime * 1000)}`;

function gaugeLine(gauge: Gauge, size: (typeof SIZES)[Width], cells: number): Line {
  const unit = size.value > 6 ? gauge.unit : gauge.unit.replace(' load', '');
  const used = size.label + size.bar + size.value + size.gap;
  return [
    ...cell(gauge.label, size.label, { ink: 'soft' }),
    ...bar(gauge.share, size.bar),
    ...cell(`${gauge.value}${unit}`, size.value, { align: 'right' }),
    space(size.gap),
    ...sparkline(gauge.past, gauge.top, Math.max(0, cells - used)),
  ];
}

const percent = (share: number): string => String(Math.round(share * 100));
const shareOf = ({ used, total }: { used: number; total: number }): number => (total > 0 ? used / total : 0);

/** What matters most first; the fullest disk always has a place. */
function gauges(snapshot: HostSnapshot, { history }: TopState, room: Room): readonly Gauge[] {
  const past = (pick: (point: Point) => number | null): readonly (number | null)[] => series(history, pick);
  const loads = past((point) => point.load);
  const cpu: Gauge = {
    label: 'cpu',
    share: snapshot.cpu === null ? snapshot.load[0] / Math.max(1, snapshot.cpus) : snapshot.cpu / 100,
    value: snapshot.load[0].toFixed(2),
    unit: ' load',
    past: loads,
    // As high as all cores busy, or as the highest peak where it went beyond.
    top: Math.max(snapshot.cpus, ...loads.map((value) => value ?? 0)),
  };
  const memory = gauge(
    'memory',
    shareOf(snapshot.memory),
    past((point) => point.memory),
  );
  const scores = past((point) => point.score);
  const { swap } = snapshot;
  const extra = swap === null || swap.total === 0 ? [] : [gauge('swap', shareOf(swap), [])];
  const places = Math.max(1, room.lines - 2 - extra.length);
  if (room.lines < 4) return [cpu, memory, ...disks(snapshot, 1, 'disk')];
  const score: Gauge = {
    label: 'score',
    share: (scores.at(-1) ?? 0) / 100,
    value: String(scores.at(-1) ?? ''),
    unit: '',
    past: scores,
    top: 100,
  };
  const rows = [cpu, memory, ...extra, ...disks(snapshot, places)];
  return rows.length < room.lines && scores.length > 1 ? [...rows, score] : rows;
}

const gauge = (label: string, share: number, past: readonly (number | null)[]): Gauge => ({
  label,
  share,
  value: percent(share),
  unit: ' %',
  past,
  top: 100,
});

/** The fullest `count`, in the order they are mounted. */
function disks(snapshot: HostSnapshot, count: number, label?: string): readonly Gauge[] {
  const fullest = new Set(snapshot.disks.toSorted((a, b) => shareOf(b) - shareOf(a)).slice(0, count));
  return snapshot.disks
    .filter((disk) => fullest.has(disk))
    .map((disk) => gauge(label ?? `disk ${disk.mount}`, shareOf(disk), []));
}
