import type { PaneName } from '../state.ts';
import { alerts } from './alerts.ts';
import { auth } from './auth.ts';
import { load } from './load.ts';
import { logins } from './logins.ts';
import { network } from './network.ts';
import type { Pane } from './pane.ts';
import { processes } from './processes.ts';

export const panes: Readonly<Record<PaneName, Pane>> = { load, processes, network, auth, logins, alerts };
