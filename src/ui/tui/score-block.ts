/** The score, what it lost its points for, and the open alerts by level. */
import type { LedgerRow, Level, Score, ScoredSnapshot } from '#contract';
import { bandWord, isStale, LEVELS_DOWN, moment, staleWords, thousands } from '#ui/model';
import { bigNumber } from './digits.ts';
import { cell, fill, type Line, space, span } from './line.ts';
import { inner, type Layout } from './layout.ts';
import { faintMark, levelMark } from './marks.ts';
import type { Ink } from './theme.ts';
import { type TopState, valueOf } from './state.ts';

const LEVELS_ROOMY = 38;
const LEVELS_USUAL = 15;
const LEDGER_AT = { roomy: 28, usual: 17 } as const;

export function scoreBlock(state: TopState, layout: Layout): readonly Line[] {
  return layout.big ? bigBlock(state, layout) : smallBlock(state, layout);
}

/** `score, 4 under yesterday` needs a line of its own; only roomy screens have it. */
function bigBlock(state: TopState, layout: Layout): readonly Line[] {
  const scored = valueOf(state.snapshot);
  const lines = layout.roomy ? layout.scoreLines - 1 : layout.scoreLines;
  const old = scored !== undefined && stale(scored, state);
  const digits = scored === undefined ? notScored(state) : bigNumber(scored.score.score);
  const digitCells = Math.max(...digits.map((line) => line.length));
  const levelCells = layout.roomy ? LEVELS_ROOMY : LEVELS_USUAL;
  const ledgerAt = Math.max(LEDGER_AT[layout.roomy ? 'roomy' : 'usual'], digitCells + 3);
  const ledgerCells = inner(layout) - ledgerAt - levelCells - 2;
  // Without a caption it is the ledger's last line that says how old all of this is.
  const age = old && !layout.roomy ? [[span(stateWords(scored, state), 'faint')]] : [];
  const rows = ledgerLines(state, lines - age.length, ledgerCells);
  const ledger = [...rows, ...age].map((line) => fill(line, ledgerCells));
  const levels = levelLines(state, lines, layout.roomy);
  const block = Array.from({ length: lines }, (_, at): Line => [
    ...cell(digits[at] ?? '', ledgerAt, { ink: scored === undefined || old ? 'faint' : 'text' }),
    ...fill(ledger[at] ?? [], ledgerCells),
    space(2),
    ...(levels[at] ?? []),
  ]);
  return layout.roomy ? [...block, [span(caption(state), 'faint')]] : block;
}

const notScored = (state: TopState): readonly string[] =>
  'missing' in state.snapshot ? ['Not scored yet', '', '', ''] : [];

function smallBlock(state: TopState, layout: Layout): readonly Line[] {
  const cells = inner(layout);
  const scored = valueOf(state.snapshot);
  const levels = levelCounts(state);
  const ink: Ink = scored === undefined || stale(scored, state) ? 'faint' : 'text';
  const words = scored === undefined ? 'Not scored yet' : `${scored.score.score}`;
  const about = scored === undefined ? '' : `  ${stateWords(scored, state)}`;
  const counts = levels.flatMap(({ level, count }) => [
    space(2),
    ...(count === 0 ? faintMark(level).slice(0, 1) : levelMark(level, 'shape')),
    span(` ${thousands(count)}`, count === 0 ? 'faint' : 'text'),
  ]);
  const countCells = counts.reduce((sum, piece) => sum + piece.text.length, 0);
  const first = [...fill([span(words, ink, true), span(about, 'faint')], Math.max(0, cells - countCells)), ...counts];
  return [first, ...ledgerLines(state, layout.scoreLines - 1, cells)].slice(0, layout.scoreLines);
}

const stale = ({ snapshot }: ScoredSnapshot, { now, every }: TopState): boolean => isStale(snapshot.at, now, every);

/** How it stands, or of when it is; it goes on after a comma. */
function stateWords(scored: ScoredSnapshot, state: TopState): string {
  const { at, always_on: alwaysOn } = scored.snapshot;
  const words = stale(scored, state)
    ? staleWords(alwaysOn, moment(at, state.now, state.zone))
    : bandWord(scored.score.band);
  return words.charAt(0).toLowerCase() + words.slice(1);
}

function caption(state: TopState): string {
  const scored = valueOf(state.snapshot);
  if (scored === undefined) return '';
  const words = stateWords(scored, state);
  if (state.yesterday === null || stale(scored, state)) return `score, ${words}`;
  const change = scored.score.score - state.yesterday;
  if (change === 0) return 'score, as yesterday';
  return `score, ${Math.abs(change)} ${change < 0 ? 'under' : 'over'} yesterday`;
}

/** `−6  nas accepts SSH passwords`; the last line sums up what did not fit. */
function ledgerLines(state: TopState, lines: number, cells: number): readonly Line[] {
  if (lines <= 0) return [];
  if ('missing' in state.snapshot) return [[span(state.snapshot.missing, 'faint')]];
  const { score } = state.snapshot.value;
  if (score.ledger.length === 0) return [[span('Nothing cost a point.', 'faint')]];
  const fits = score.ledger.length <= lines;
  const shown = fits ? score.ledger : score.ledger.slice(0, lines - 1);
  const rest = fits ? [] : [restOf(score, shown.length)];
  return [...shown.map((row) => ledgerLine(row)), ...rest].map((line) => fill(line, cells));
}

const ledgerLine = ({ points, reason }: LedgerRow): Line => [
  ...cell(`−${points}`, 3, { align: 'right', bold: true }),
  space(2),
  span(reason, 'soft'),
];

function restOf({ ledger }: Score, shown: number): Line {
  const rest = ledger.slice(shown);
  const points = rest.reduce((sum, row) => sum + row.points, 0);
  return [...cell(`−${points}`, 3, { align: 'right', bold: true }), space(2), span(`${rest.length} more`, 'faint')];
}

function levelCounts(state: TopState): readonly { readonly level: Level; readonly count: number }[] {
  const levels = valueOf(state.levels);
  return LEVELS_DOWN.flatMap((level) => {
    const count = levels?.[level];
    return count === undefined ? [] : [{ level, count }];
  });
}

const BAR_CELLS = 20;
/** So many cells an alert while there are few. */
const BAR_STEP = 3;

function levelLines(state: TopState, lines: number, bars: boolean): readonly Line[] {
  const counts = levelCounts(state);
  if (counts.length === 0)
    return 'missing' in state.levels && !('missing' in state.alerts) ? [[span(state.levels.missing, 'faint')]] : [];
  const most = Math.max(...counts.map(({ count }) => count));
  const step = Math.min(BAR_STEP, BAR_CELLS / Math.max(1, most));
  return counts.slice(0, lines).map(({ level, count }) => {
    const length = count === 0 ? 0 : Math.max(1, Math.round(count * step));
    return [
      ...(count === 0 ? faintMark(level) : levelMark(level, 'long')),
      ...cell(thousands(count), 5, {
        align: 'right',
        ink: count === 0 ? 'faint' : 'text',
        bold: level === 'critical' && count > 0,
      }),
      ...(bars ? [space(2), span('━'.repeat(length), level)] : []),
    ];
  });
}
