import { Bell, House, ListChecks, Search, Server, Sun, TextAlignStart } from 'lucide-react';
import { type ReactNode, useEffect, useEffectEvent, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { clock, thousands, zoneName } from '#ui/model';
import { useLiveState } from '../live/react.ts';
import { switchTheme, useKeys, useNow } from '../state/browser.ts';
import { useOpenAlerts } from '../state/house.tsx';
import { Icon } from './Icon.tsx';
import css from './Frame.module.css';
import { KeysDialog } from './KeysDialog.tsx';
import ui from './ui.module.css';

const PAGES = [
  { path: '/', name: 'Home', icon: House },
  { path: '/alerts', name: 'Alerts', icon: Bell },
  { path: '/events', name: 'Events', icon: TextAlignStart },
  { path: '/agents', name: 'Agents', icon: Server },
  { path: '/rules', name: 'Rules', icon: ListChecks },
] as const;

/** Navigation at the side, or at the bottom of a phone; the page beside it. */
export function Frame({ children }: { readonly children: ReactNode }) {
  const [keysOpen, setKeysOpen] = useState(false);
  useKeys({ '?': () => setKeysOpen(true) });
  return (
    <div className={css['frame']}>
      <a className={css['skip']} href="#main">
        Skip to content
      </a>
      <Side />
      <main id="main" tabIndex={-1} className={css['main']}>
        {children}
      </main>
      <KeysDialog open={keysOpen} onClose={() => setKeysOpen(false)} />
    </div>
  );
}

function Side() {
  const [location, go] = useLocation();
  const open = useOpenAlerts();
  const search = useEffectEvent(() => go('/events?focus=1'));
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key === 'k') {
        event.preventDefault();
        search();
      }
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
  return (
    <nav className={css['side']} aria-label="Main">
      <Link className={css['brand']} href="/" aria-label="Porchlight, home">
        <Lamp />
        <span>Porchlight</span>
      </Link>
      <Link className={`${ui['button']} ${css['jump']}`} href="/events?focus=1">
        <Icon of={Search} small />
        <span>Search</span>
        <kbd>Ctrl K</kbd>
      </Link>
      <ul>
        {PAGES.map(({ path, name, icon }) => (
          <li key={path}>
            <Link href={path} aria-current={isAt(location, path) ? 'page' : undefined}>
              <Icon of={icon} />
              <span className={css['name']}>{name}</span>
              {path === '/alerts' && open > 0 ? (
                <span className={css['count']}>
                  {thousands(open)}
                  <span className={ui['sr']}> open</span>
                </span>
              ) : null}
            </Link>
          </li>
        ))}
      </ul>
      <div className={css['foot']}>
        <LiveLine />
        <button
          className={`${ui['button']} ${ui['bare']}`}
          type="button"
          aria-label="Switch between light and dark"
          onClick={switchTheme}
        >
          <Icon of={Sun} small />
        </button>
      </div>
    </nav>
  );
}

const isAt = (location: string, path: string): boolean => (path === '/' ? location === '/' : location.startsWith(path));

function LiveLine() {
  const state = useLiveState();
  const now = useNow(1000);
  if (state === 'live') {
    return (
      <span>
        Live, <time>{clock(now)}</time> {zoneName(now)}
      </span>
    );
  }
  return <span role="status">{state === 'connecting' ? 'Connecting' : 'Reconnecting, nothing is lost'}</span>;
}

function Lamp() {
  return (
    <svg viewBox="0 0 22 26" aria-hidden="true">
      <path className={css['lampBody']} d="M11 1.5v3M3.5 10 11 4.5 18.5 10M5.5 10h11l-1.6 12H7.1z" />
      <circle className={css['lampGlow']} cx="11" cy="16" r="3.3" />
    </svg>
  );
}
