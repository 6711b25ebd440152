import type { LucideIcon } from 'lucide-react';

/** Always beside a word, except close, copy and theme, which are labelled. */
export function Icon({ of: Shape, small = false }: { readonly of: LucideIcon; readonly small?: boolean }) {
  return <Shape size={small ? 15 : 18} strokeWidth={1.75} aria-hidden="true" focusable="false" />;
}
