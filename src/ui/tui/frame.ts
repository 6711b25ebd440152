/**
 * The whole picture: state and size in, one string a line out. Pure; the terminal's driver compares two of them.
 *
 *     ● Porchlight  nas …                    lamp
 *     █ CRITICAL  203.0.113.7 guessed …      the worst open alert
 *     score, ledger, alerts by level
 *     ─ 1 Load ────    ─ 2 Processes ──
 *     ─ 3 Network ─    ─ 4 Auth events     } or one page: help, an alert, one pane whole
 *     ─ 5 Logins ──    ━ 6 Alerts ━━━━━
 *     1-6 pane  j k move …                   keys
 *
 * A smaller screen drops columns of a pane, never a pane; only where six cannot be told apart is the focused one alone.
 * There are exactly `rows` lines, none wider than `columns`, and the last one is the line of keys.
 */
import { unreachable } from '#lib/unreachable';
import { lampLine, worstLine } from './head.ts';
import { keysLine } from './keys-line.ts';
import { hasSixPanes, inner, type Layout, layoutOf, paneHeights } from './layout.ts';
import { clip, fill, type Line, lineWidth, paint, space, span } from './line.ts';
import { alertLines } from './pages/alert.ts';
import { helpLines } from './pages/help.ts';
import { panes } from './panes/index.ts';
import type { PaneContent } from './panes/pane.ts';
import { scoreBlock } from './score-block.ts';
import { type PaneName, PANES, type TopState } from './state.ts';
import type { Theme } from './theme.ts';

/** Smallest size that is drawn; anything smaller is told so by what is cut off. */
const LEAST = { columns: 20, rows: 4 } as const;

export function frame(state: TopState, columns: number, rows: number, theme: Theme): readonly string[] {
  const layout = layoutOf(Math.max(LEAST.columns, columns), Math.max(LEAST.rows, rows));
  const body = layout.rows - headLines(state, layout) - footLines(layout);
  const lines = [
    ...head(state, layout),
    ...middle(state, layout, body),
    ...(layout.big ? [[]] : []),
    [space(layout.margin), ...keysLine(state, layout)],
  ];
  return lines.slice(0, rows).map((line) => paint(clip(line, columns), theme));
}

/** A page needs the room more than the score does; the worst alert stays. */
const hasScore = ({ page }: TopState): boolean => page.kind === 'panes';

function headLines(state: TopState, layout: Layout): number {
  const blanks = layout.roomy ? 3 : layout.big ? 2 : 0;
  return hasScore(state) ? 2 + layout.scoreLines + blanks : 2 + Math.max(0, blanks - 1);
}
const footLines = (layout: Layout): number => (layout.big ? 2 : 1);

function head(state: TopState, layout: Layout): readonly Line[] {
  const indent = (line: Line): Line => (line.length === 0 ? line : [space(layout.margin), ...line]);
  const lamp = indent(lampLine(state, layout));
  const worst = indent(worstLine(state, layout));
  if (!hasScore(state)) return layout.roomy ? [lamp, [], worst, []] : layout.big ? [lamp, worst, []] : [lamp, worst];
  const score = scoreBlock(state, layout).map(indent);
  const block = [...score, ...Array.from({ length: Math.max(0, layout.scoreLines - score.length) }, () => [])];
  if (layout.roomy) return [lamp, [], worst, [], ...block, []];
  return layout.big ? [lamp, worst, [], ...block, []] : [lamp, worst, ...block];
}

/** Exactly `lines` lines. */
function middle(state: TopState, layout: Layout, lines: number): readonly Line[] {
  const drawn =
    state.page.kind === 'panes' && hasSixPanes(layout) ? sixPanes(state, layout, lines) : onePage(state, layout, lines);
  return Array.from({ length: lines }, (_, at) => drawn[at] ?? []);
}

function sixPanes(state: TopState, layout: Layout, lines: number): readonly Line[] {
  const between = layout.roomy ? 1 : 0;
  const heights = paneHeights(lines - PANES.length / 2 - 2 * between);
  return heights.flatMap((height, row) => {
    const [left, right] = [PANES[row * 2] ?? 'load', PANES[row * 2 + 1] ?? 'load'];
    const drawn = beside(paneLines(state, layout, left, height), paneLines(state, layout, right, height), layout);
    return between > 0 && row < heights.length - 1 ? [...drawn, []] : drawn;
  });
}

const paneCells = (layout: Layout): number => Math.floor((inner(layout) - layout.gap) / 2);

interface Drawn {
  readonly lines: readonly Line[];
  /** Which of them has the lamp's bar before it. */
  readonly marked: number;
}

/** Both panes of a row. The bar before a selected line stands in the space that parts them. */
function beside(left: Drawn, right: Drawn, layout: Layout): readonly Line[] {
  const cells = paneCells(layout);
  return Array.from({ length: Math.max(left.lines.length, right.lines.length) }, (_, at) => [
    ...before(layout.margin, at === left.marked),
    ...fill(left.lines[at] ?? [], cells),
    ...before(inner(layout) - 2 * cells, at === right.marked),
    ...clip(right.lines[at] ?? [], cells),
  ]);
}

/** Empty cells before a line, with the bar among them. */
function before(cells: number, marked: boolean): Line {
  if (!marked) return [space(cells)];
  const after = cells >= 4 ? 1 : 0;
  return [space(cells - 1 - after), span('▌', 'lamp'), space(after)];
}

function paneLines(state: TopState, layout: Layout, name: PaneName, height: number): Drawn {
  const cells = paneCells(layout);
  const content = panes[name].content(state, { cells, lines: height });
  const { from, lines } = window(content, state.focus === name ? state.scroll : 0, height);
  return {
    lines: [titleLine(state, name, content.note, cells), ...lines],
    marked: content.selected === undefined ? -1 : content.selected - from + 1,
  };
}

/** The part of a pane that fits; a selected line is always in it. The last line may say how many more there are. */
function window(content: PaneContent, scroll: number, height: number): { from: number; lines: readonly Line[] } {
  const { lines, selected } = content;
  const most = Math.max(0, lines.length - height);
  const counts = selected !== undefined && height >= 7 && lines.length > height;
  const places = counts ? height - 1 : height;
  const from = selected === undefined ? Math.min(scroll, most) : Math.max(0, selected - places + 1);
  const part = lines.slice(from, from + places);
  const below = lines.length - from - part.length;
  return { from, lines: counts && below > 0 ? [...part, [span(`${below} more`, 'faint')]] : part };
}

/** `─ 1 Load ───────── 4 cores`; the focused one has the heavy line in lamp. */
function titleLine(state: TopState, name: PaneName, note: string, cells: number): Line {
  const focused = state.focus === name;
  const ink = focused ? 'lamp' : 'line';
  const rule = focused ? '━' : '─';
  const start = [
    span(`${rule} `, ink),
    span(`${PANES.indexOf(name) + 1} `, focused ? 'lamp' : 'faint'),
    span(`${panes[name].title} `, 'text', true),
  ];
  const end = note === '' ? [] : [span(` ${note}`, 'faint')];
  const rest = cells - lineWidth(start) - lineWidth(end);
  if (rest < 1) return [...start, span(rule.repeat(Math.max(0, cells - lineWidth(start))), ink)];
  return [...start, span(rule.repeat(rest), ink), ...end];
}

function onePage(state: TopState, layout: Layout, lines: number): readonly Line[] {
  const { title, content } = pageOf(state, layout, lines - 1);
  const { from, lines: part } = window(content, state.scroll, lines - 1);
  const marked = content.selected === undefined ? -1 : content.selected - from;
  return [
    [space(layout.margin), ...title],
    ...part.map((line, at) => [...before(layout.margin, at === marked), ...clip(line, inner(layout))]),
  ];
}

function pageOf(state: TopState, layout: Layout, lines: number): { title: Line; content: PaneContent } {
  const cells = inner(layout);
  const page = (title: string, list: readonly Line[]): { title: Line; content: PaneContent } => {
    const start = [span('━ ', 'lamp'), span(`${title} `, 'text', true)];
    return {
      title: [...start, span('━'.repeat(Math.max(0, cells - lineWidth(start))), 'lamp')],
      content: { note: '', lines: list },
    };
  };
  switch (state.page.kind) {
    case 'help':
      return page('Keys and marks', helpLines(state));
    case 'alert':
      return page(`Alert ${state.page.alert.id}`, alertLines(state.page.alert, state, cells));
    case 'pane':
    case 'panes': {
      const content = panes[state.focus].content(state, { cells, lines });
      return { title: titleLine(state, state.focus, content.note, cells), content };
    }
    default:
      return unreachable(state.page);
  }
}

/** How far the page, or the focused pane, can be scrolled on a screen of this size. */
export function scrollLimit(state: TopState, columns: number, rows: number): number {
  const layout = layoutOf(Math.max(LEAST.columns, columns), Math.max(LEAST.rows, rows));
  const body = layout.rows - headLines(state, layout) - footLines(layout);
  if (state.page.kind !== 'panes' || !hasSixPanes(layout))
    return Math.max(0, pageOf(state, layout, body - 1).content.lines.length - (body - 1));
  const between = layout.roomy ? 2 : 0;
  const height = paneHeights(body - PANES.length / 2 - between)[Math.floor(PANES.indexOf(state.focus) / 2)] ?? 1;
  const content = panes[state.focus].content(state, { cells: paneCells(layout), lines: height });
  return Math.max(0, content.lines.length - height);
}
