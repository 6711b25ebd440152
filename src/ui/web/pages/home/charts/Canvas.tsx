import { useEffect, useRef, useState } from 'react';
import { useColours } from '../../../state/browser.ts';
import css from './Charts.module.css';
import type { Drawing, Plot } from './plot.ts';

/** The canvas of one chart: made when the drawing code has come, and drawn again when data, size or colours change. */
export function Canvas({ drawing }: { readonly drawing: Drawing }) {
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef(drawing);
  const [plot, setPlot] = useState<Plot>();
  const [failed, setFailed] = useState(false);
  const colours = useColours();

  useEffect(() => {
    latest.current = drawing;
    plot?.draw(drawing);
  }, [plot, drawing]);

  useEffect(() => {
    let made: Plot | undefined;
    let gone = false;
    const make = async (): Promise<void> => {
      const { createPlot } = await import('./plot.ts');
      if (gone || host.current === null) return;
      made = createPlot(host.current, latest.current);
      setPlot(made);
    };
    make().catch(() => setFailed(true));
    return () => {
      gone = true;
      made?.destroy();
      setPlot(undefined);
    };
  }, []);

  useEffect(() => {
    const element = host.current;
    if (element === null || plot === undefined) return undefined;
    const sizes = new ResizeObserver(() => plot.resize(element.clientWidth, element.clientHeight));
    sizes.observe(element);
    return () => sizes.disconnect();
  }, [plot]);

  useEffect(() => plot?.recolour(), [plot, colours]);

  return (
    <div ref={host} className={css['canvas']}>
      {failed ? <p className={css['failed']}>Not loaded. Load the page again.</p> : null}
    </div>
  );
}
