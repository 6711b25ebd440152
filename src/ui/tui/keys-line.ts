/** The last line: what may be pressed, and whether the picture is live. */
import { apart, type Line, lineWidth, span } from './line.ts';
import { inner, type Layout } from './layout.ts';
import type { TopState } from './state.ts';

interface Hint {
  readonly key: string;
  readonly does: string;
  /** The least important goes first when the line is too short. */
  readonly rank: number;
}

function hints(state: TopState): readonly Hint[] {
  const pause: Hint = { key: 'p', does: state.paused === undefined ? 'pause' : 'go on', rank: 7 };
  const end: readonly Hint[] = [pause, { key: '?', does: 'keys', rank: 8 }, { key: 'q', does: 'quit', rank: 9 }];
  if (state.page.kind !== 'panes')
    return [
      { key: 'Esc', does: 'back', rank: 10 },
      { key: 'j k', does: 'move', rank: 2 },
      ...(state.page.kind === 'alert' ? [{ key: 'a', does: 'acknowledge', rank: 4 }] : []),
      ...end,
    ];
  return [
    { key: '1-6', does: 'pane', rank: 3 },
    { key: 'j k', does: 'move', rank: 1 },
    { key: 'Enter', does: 'details', rank: 2 },
    { key: 'a', does: 'acknowledge', rank: 4 },
    { key: '/', does: 'filter', rank: 5 },
    ...end,
  ];
}

export function keysLine(state: TopState, layout: Layout): Line {
  const cells = inner(layout);
  if (state.filter.typing)
    return apart(
      [span('/ ', 'lamp'), span(state.filter.text), span('▏', 'lamp')],
      [
        ...hintPieces({ key: 'Enter', does: 'keep', rank: 1 }),
        span('  '),
        ...hintPieces({ key: 'Esc', does: 'clear', rank: 1 }),
      ],
      cells,
    );
  const right = [span(standing(state, layout), state.paused === undefined ? 'faint' : 'lamp')];
  if (state.notice !== '') return apart([span(state.notice)], right, cells);
  const gap = layout.roomy ? '   ' : '  ';
  const most = cells - lineWidth(right) - 1;
  for (let chosen = hints(state); ; chosen = withoutLeast(chosen)) {
    const line = chosen.flatMap((hint, at) => [span(at === 0 ? '' : gap), ...hintPieces(hint)]);
    if (lineWidth(line) <= most || chosen.length === 0) return apart(line, right, cells);
  }
}

const hintPieces = ({ key, does }: Hint): Line => [span(key, 'text', true), span(' '), span(does, 'faint')];

function withoutLeast(list: readonly Hint[]): readonly Hint[] {
  const least = Math.min(...list.map((hint) => hint.rank));
  return list.filter((hint) => hint.rank !== least);
}

function standing(state: TopState, layout: Layout): string {
  if (state.paused !== undefined) return 'paused';
  return layout.roomy ? `${state.connection}, every ${state.interval} s` : state.connection;
}
