export { type BatchEncoder, batchEncoder, DamagedBatch, decodeBatch, encodeBatch } from './encoded-batch.ts';
export { type Matcher, matcher } from './query/match.ts';
export { parseQuery, type Query } from './query/parse.ts';
export { openSqliteStore, type SqliteStoreOptions, type StoreDamage } from './sqlite/store.ts';
export type * from './store.ts';
