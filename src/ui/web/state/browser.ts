/** Small windows on the browser: the clock, the width, the theme, the keyboard, the clipboard. */
import { useEffect, useEffectEvent, useState, useSyncExternalStore } from 'react';

/** The time, renewed every `ms`. */
export function useNow(ms: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), ms);
    return () => clearInterval(timer);
  }, [ms]);
  return now;
}

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = matchMedia(query);
      media.addEventListener('change', changed);
      return () => media.removeEventListener('change', changed);
    },
    () => matchMedia(query).matches,
  );
}

export const PHONE = '(max-width: 719px)';
/** Below this an alert is a page of its own. */
export const NARROW = '(max-width: 959px)';

const THEME_KEY = 'porchlight.theme';

/** Changes to the other theme, here and for the next visit. */
export function switchTheme(): void {
  const root = document.documentElement;
  const dark =
    root.dataset['theme'] === undefined
      ? matchMedia('(prefers-color-scheme: dark)').matches
      : root.dataset['theme'] === 'dark';
  root.dataset['theme'] = dark ? 'light' : 'dark';
  try {
    localStorage.setItem(THEME_KEY, root.dataset['theme']);
  } catch {
    // Storage is off in this browser: the choice holds until the page closes.
  }
}

const COLOURS = ['(prefers-color-scheme: dark)', '(prefers-contrast: more)'];

function onColours(changed: () => void): () => void {
  const media = COLOURS.map((query) => matchMedia(query));
  const chosen = new MutationObserver(changed);
  chosen.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  for (const each of media) each.addEventListener('change', changed);
  return () => {
    chosen.disconnect();
    for (const each of media) each.removeEventListener('change', changed);
  };
}

/** Another text whenever the tokens' colours are others: what is drawn on a canvas does not change by itself. */
export const useColours = (): string =>
  useSyncExternalStore(onColours, () =>
    [document.documentElement.dataset['theme'] ?? '', ...COLOURS.map((query) => matchMedia(query).matches)].join(' '),
  );

/** Keys by name (`j`, `?`, `Escape`), unless a field has the focus or a modifier is held. */
export function useKeys(keys: Readonly<Record<string, (() => void) | undefined>>): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target instanceof Element ? event.target : undefined;
    if (target?.closest('input, textarea, select, [contenteditable], dialog[open]')) return;
    const action = keys[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => press(event);
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}

/** Copies a text; plain http on a LAN name has no clipboard, then it says so. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
