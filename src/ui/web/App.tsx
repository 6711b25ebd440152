import { lazy, Suspense } from 'react';
import { Link, Route, Switch, useLocation } from 'wouter';
import type { Live } from './live/live.ts';
import { LiveContext } from './live/react.ts';
import { Alerts } from './pages/alerts/Alerts.tsx';
import { Events } from './pages/events/Events.tsx';
import { Home } from './pages/home/Home.tsx';
import { Fence } from './parts/Fence.tsx';
import { Frame } from './parts/Frame.tsx';
import ui from './parts/ui.module.css';
import { HouseProvider } from './state/house.tsx';

/** Looked at now and then: it comes when it is asked for, and the first page has less to load. */
const Agents = lazy(async () => ({ default: (await import('./pages/agents/Agents.tsx')).Agents }));

const Rules = lazy(async () => ({ default: (await import('./pages/rules/Rules.tsx')).Rules }));

export function App({ live }: { readonly live: Live }) {
  return (
    <LiveContext value={live}>
      <HouseProvider>
        <Frame>
          <Pages />
        </Frame>
      </HouseProvider>
    </LiveContext>
  );
}

function Pages() {
  const [location] = useLocation();
  return (
    <Fence key={location.split('/')[1]}>
      <Suspense fallback={null}>
        <Switch>
          <Route path="/" component={Home} />
          <Route path="/alerts/:id?" component={Alerts} />
          <Route path="/events" component={Events} />
          <Route path="/agents" component={Agents} />
          <Route path="/rules" component={Rules} />
          <Route component={NotHere} />
        </Switch>
      </Suspense>
    </Fence>
  );
}

function NotHere() {
  return (
    <header className={ui['head']}>
      <div>
        <h1>There is no such page</h1>
        <p>
          The address may be misspelt.{' '}
          <Link className={ui['link']} href="/">
            Go home
          </Link>
          .
        </p>
      </div>
    </header>
  );
}
