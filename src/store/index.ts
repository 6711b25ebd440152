export { DamagedBatch, decodeBatch, encodeBatch } from './encoded-batch.ts';
export { type Matcher, matcher } from './query/match.ts';
export type { Query } from './query/ast.ts';
export { parseQuery } from './query/parse.ts';
export { openSqliteStore, type SqliteStoreOptions, type StoreDamage } from './sqlite/store.ts';
export type * from './store.ts';
