import { join } from 'node:path';
import { openSqliteStore } from '#store';
import { storeConformance } from './store.ts';

storeConformance('sqlite', (folder) => openSqliteStore(join(folder, 'porchlight.db')));
