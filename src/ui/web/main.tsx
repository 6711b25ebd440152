import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
// oxlint-disable-next-line import/no-unassigned-import -- a style sheet has nothing to name
import './tokens.css';
// oxlint-disable-next-line import/no-unassigned-import -- likewise
import './base.css';
import { App } from './App.tsx';
import { createLive } from './live/live.ts';
import { connectTabs } from './live/tabs.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');

const live = createLive((emit) => connectTabs('/api/stream', emit));
// A page that goes into the back-forward cache must not hold the stream's lock there.
window.addEventListener('pagehide', () => live.close());
window.addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});

createRoot(root).render(
  <StrictMode>
    <App live={live} />
  </StrictMode>,
);
