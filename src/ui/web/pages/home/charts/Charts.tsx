import { type ReactNode, useMemo } from 'react';
import {
  clock,
  clockMinute,
  DAY,
  MEASURES,
  measureName,
  measureValue,
  moment,
  nearest,
  spanOf,
  stretch,
  timespan,
  usualStep,
} from '#ui/model';
import { Trouble } from '../../../parts/Trouble.tsx';
import ui from '../../../parts/ui.module.css';
import { useAddress } from '../../../state/address.ts';
import { useNow } from '../../../state/browser.ts';
import { type History, type Host, POINTS_MOST, useHistory } from '../../../state/monitor.ts';
import home from '../Home.module.css';
import { Chart, type View } from './Chart.tsx';
import css from './Charts.module.css';
import { type Lens, useLens } from './useLens.ts';

const CHOICES = [
  { points: 50, label: '50' },
  { points: 500, label: '500' },
  { points: POINTS_MOST, label: 'All' },
] as const;
const USUAL = 50;

/** Score, load, memory and connections of one machine, side by side over the same time. */
export function Charts({ host }: { readonly host: Host }) {
  const [address, change] = useAddress();
  const points = CHOICES.find(({ label }) => label.toLowerCase() === address.get('points'))?.points ?? USUAL;
  const history = useHistory(host, points);
  const choose = (label: string): void => change({ points: label === String(USUAL) ? '' : label.toLowerCase() });
  return (
    <section aria-label="The machine over time" className={css['section']}>
      {history.data === undefined ? (
        <Waiting problem={history.problem} />
      ) : history.data.columns.at.length < 2 ? (
        <Few />
      ) : (
        <Grid key={`${host ?? ''} ${points}`} history={history.data}>
          <div className={css['choice']} role="group" aria-label="How many points">
            {CHOICES.map(({ points: each, label }) => (
              <button key={label} type="button" aria-pressed={each === points} onClick={() => choose(label)}>
                {label}
              </button>
            ))}
          </div>
        </Grid>
      )}
    </section>
  );
}

function Waiting({ problem }: { readonly problem: Parameters<typeof Trouble>[0]['problem'] | undefined }) {
  if (problem === undefined || problem.code === 'NOT_FOUND') return problem === undefined ? null : <Few />;
  return <Trouble problem={problem} />;
}

const Few = () => (
  <>
    <div className={ui['secHead']}>
      <h2>Over time</h2>
    </div>
    <p className={home['none']}>A line begins with the second check.</p>
  </>
);

function Grid({ history, children }: { readonly history: History; readonly children: ReactNode }) {
  const { at } = history.columns;
  const whole: readonly [number, number] = [at[0] ?? 0, at.at(-1) ?? 0];
  const lens = useLens(at, (zoom) => zoom ?? whole);
  const [from, to] = lens.zoom ?? whole;
  const step = useMemo(() => usualStep(at), [at]);
  const span = useMemo(() => spanOf(at, from, to), [at, from, to]);
  const pointed = lens.cursor !== undefined;
  const view: View = {
    ...history,
    span,
    from,
    to,
    step,
    at: nearest(at, lens.cursor ?? to),
    pointed,
    brush: lens.brush,
  };
  return (
    <>
      <Head lens={lens} from={from} to={to}>
        {children}
      </Head>
      <div
        className={css['charts']}
        tabIndex={0}
        role="group"
        aria-label="Four charts with one cursor. Arrow keys move it, with Shift they choose a time, Enter looks closer, Escape shows all."
        data-testid="charts"
        {...lens.handlers}
      >
        {MEASURES.map((measure) => (
          <Chart key={measure} measure={measure} view={view} />
        ))}
      </div>
      <p className={ui['sr']} role="status">
        {pointed ? spoken(view) : ''}
      </p>
    </>
  );
}

interface HeadProps {
  readonly lens: Lens;
  readonly from: number;
  readonly to: number;
  readonly children: ReactNode;
}

function Head({ lens, from, to, children }: HeadProps) {
  const now = useNow(60_000);
  const time = (at: number): string => (to - from < DAY ? clockOf(to - from)(at) : moment(at, now));
  return (
    <div className={`${ui['secHead']} ${css['head']}`}>
      <h2>{lens.zoom === undefined ? `Last ${stretch(to - from)}` : timespan(from, to, now)}</h2>
      <p className={ui['tab']}>
        {lens.brush === undefined
          ? lens.cursor === undefined
            ? ''
            : `at ${time(lens.cursor)}`
          : `${time(lens.brush[0])} to ${time(lens.brush[1])}`}
      </p>
      {lens.zoom === undefined ? (
        children
      ) : (
        <button className={`${ui['button']} ${ui['bare']}`} type="button" onClick={lens.clear}>
          Show all <kbd>Esc</kbd>
        </button>
      )}
    </div>
  );
}

const HOURS_2 = 2 * 3_600_000;
const clockOf = (span: number): ((at: number) => string) => (span < HOURS_2 ? clock : clockMinute);

/** The values at the cursor, for who cannot see them in the titles. */
const spoken = ({ columns, at }: View): string =>
  `${clock(columns.at[at] ?? 0)}: ${MEASURES.map((measure) => `${measureName(measure)} ${measureValue(measure, columns[measure][at])}`).join(', ')}`;
