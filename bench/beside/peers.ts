import { chdb } from './chdb.ts';
import { flask } from './flask.ts';
import type { Peer } from './lane.ts';
import { porchlight } from './porchlight.ts';
import { sqliteTrigrams, sqliteWords } from './sqlite.ts';
import { victoriaLogs } from './victorialogs.ts';

/** Ours first: the others are held against it. */
export const PEERS: readonly [Peer, ...Peer[]] = [porchlight, sqliteWords, sqliteTrigrams, flask, chdb, victoriaLogs];
