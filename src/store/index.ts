export { DamagedBatch, decodeBatch, encodeBatch } from './encoded-batch.ts';
export { type Matcher, matcher } from './query/match.ts';
export type { Query } from './query/ast.ts';
export { fieldsLike, placeAt, writtenValue } from './query/complete.ts';
export { parseQuery, parseStatement } from './query/parse.ts';
export { spanOf } from './query/time.ts';
export { openSqliteStore, type SqliteStoreOptions, type StoreDamage } from './sqlite/store.ts';
export type * from './store.ts';
