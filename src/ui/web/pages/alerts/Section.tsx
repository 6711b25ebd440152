import type { ReactNode } from 'react';
import { NARROW, useMedia } from '../../state/browser.ts';

/** A part of an alert. Where the alert is a page of its own its title is the first heading, and this the second. */
export function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const Title = useMedia(NARROW) ? 'h2' : 'h3';
  return (
    <section>
      <Title>{title}</Title>
      {children}
    </section>
  );
}
