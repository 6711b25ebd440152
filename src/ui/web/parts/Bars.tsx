import { axisLabels } from '#ui/model';
import css from './ui.module.css';

interface Props {
  readonly counts: readonly number[];
  /** ms since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly height: number;
  readonly label: string;
  /** First and last bin that are looked at; the others are dimmed. */
  readonly lit?: readonly [number, number] | undefined;
}

const BIN = 10;
const GAP = 1.6;

/** Counts over time. A bin of nothing is nothing; any count is at least two pixels high. */
export function Bars({ counts, from, to, height, label, lit }: Props) {
  const most = Math.max(1, ...counts);
  const width = counts.length * BIN;
  return (
    <>
      <svg
        className={css['plot']}
        style={{ height }}
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
      >
        {counts.map((count, at) => {
          const tall = count === 0 ? 0 : Math.max(2, (count / most) * (height - 4));
          const dim = lit !== undefined && (at < lit[0] || at > lit[1]);
          return count === 0 ? null : (
            <rect
              key={at}
              className={dim ? css['dim'] : undefined}
              x={at * BIN + GAP / 2}
              y={height - tall}
              width={BIN - GAP}
              height={tall}
            />
          );
        })}
        <line className={css['base']} x1="0" x2={width} y1={height} y2={height} />
      </svg>
      <div className={css['axis']} aria-hidden="true">
        {axisLabels(from, to).map(({ at, label: time }) => (
          <span key={at} style={{ left: `${at * 100}%` }}>
            {time}
          </span>
        ))}
      </div>
    </>
  );
}
