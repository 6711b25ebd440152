import { type Slice, sum, valueText } from '#ui/model';
import css from './Doughnut.module.css';

const RADIUS = 62;
const AROUND = 2 * Math.PI * RADIUS;
/** Between two slices, in units of the drawing. */
const GAP = 2.6;

interface Props {
  readonly slices: readonly Slice[];
  /** Name of the slice that everything beside it is filtered by. */
  readonly chosen: string | undefined;
  readonly onChoose: (slice: Slice | undefined) => void;
}

/** Kinds of alerts as a ring, and as buttons with name and count: the ring alone is never the only way. */
export function Doughnut({ slices, chosen, onChoose }: Props) {
  const total = sum(slices);
  const choose = (slice: Slice): void => onChoose(slice.kind === chosen ? undefined : slice);
  return (
    <div className={css['doughnut']}>
      <svg
        viewBox="0 0 148 148"
        role="img"
        aria-label={`${total} alerts: ${slices.map((s) => `${valueText(s.kind)} ${s.count}`).join(', ')}`}
      >
        {slices.map((slice) => (
          <circle
            key={slice.kind}
            className={chosen !== undefined && chosen !== slice.kind ? css['dim'] : undefined}
            cx="74"
            cy="74"
            r={RADIUS}
            style={{ stroke: `var(--kind-${slice.place})` }}
            strokeDasharray={`${Math.max(1, slice.length * AROUND - (slices.length > 1 ? GAP : 0))} ${AROUND}`}
            strokeDashoffset={-(slice.from * AROUND + (slices.length > 1 ? GAP / 2 : 0))}
            transform="rotate(-90 74 74)"
            onClick={() => choose(slice)}
          />
        ))}
        <text className={css['total']} x="74" y="77">
          {total}
        </text>
        <text className={css['unit']} x="74" y="95">
          {total === 1 ? 'alert' : 'alerts'}
        </text>
      </svg>
      <ul className={css['kinds']}>
        {slices.map((slice) => (
          <li key={slice.kind}>
            <button type="button" aria-pressed={slice.kind === chosen} onClick={() => choose(slice)}>
              <i style={{ background: `var(--kind-${slice.place})` }} />
              <bdi>{valueText(slice.kind)}</bdi>
              <b>{slice.count}</b>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
