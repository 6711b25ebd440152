/** What every implementation of `Store` must do. `open` makes or opens the store that lies in a folder. */
import { agentConformance } from './store/agents.ts';
import { alertConformance } from './store/alerts.ts';
import { commitConformance } from './store/commits.ts';
import type { OpenStore } from './store/harness.ts';
import { searchConformance } from './store/searches.ts';
import { snapshotConformance } from './store/snapshots.ts';
import { tableConformance } from './store/tables.ts';

export function storeConformance(name: string, open: OpenStore): void {
  commitConformance(name, open);
  searchConformance(name, open);
  tableConformance(name, open);
  alertConformance(name, open);
  snapshotConformance(name, open);
  agentConformance(name, open);
}
