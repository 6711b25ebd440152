import { Link, Route, Switch, useLocation } from 'wouter';
import type { Live } from './live/live.ts';
import { LiveContext } from './live/react.ts';
import { Agents } from './pages/agents/Agents.tsx';
import { Alerts } from './pages/alerts/Alerts.tsx';
import { Events } from './pages/events/Events.tsx';
import { Home } from './pages/home/Home.tsx';
import { Fence } from './parts/Fence.tsx';
import { Frame } from './parts/Frame.tsx';
import ui from './parts/ui.module.css';
import { HouseProvider } from './state/house.tsx';

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
      <Switch>
        <Route path="/" component={Home} />
        <Route path="/alerts/:id?" component={Alerts} />
        <Route path="/events" component={Events} />
        <Route path="/agents" component={Agents} />
        <Route component={NotHere} />
      </Switch>
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
