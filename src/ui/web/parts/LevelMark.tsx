import type { Level } from '#contract';
import { levelWord } from '#ui/model';
import css from './ui.module.css';

/** Ring, square, diamond, triangle, octagon: told apart without colour. */
const SHAPES: Record<Level, string> = {
  informational: 'M7 2.4a4.6 4.6 0 1 0 0 9.2a4.6 4.6 0 1 0 0-9.2z',
  low: 'M2.6 2.6h8.8v8.8H2.6z',
  medium: 'M7 1.3 12.7 7 7 12.7 1.3 7z',
  high: 'M7 1.8 12.9 12H1.1z',
  critical: 'M4.2.3h5.6l3.9 3.9v5.6l-3.9 3.9H4.2L.3 9.8V4.2zM6 3v5h2V3zM6 9.3v1.9h2V9.3z',
};

export function LevelMark({ level }: { readonly level: Level }) {
  return (
    <span className={css['level']}>
      <svg className={`${css['mark']} ${css[level]}`} viewBox="0 0 14 14" aria-hidden="true">
        <path fillRule="evenodd" d={SHAPES[level]} />
      </svg>
      {levelWord(level)}
    </span>
  );
}
