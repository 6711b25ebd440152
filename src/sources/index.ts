export { type DecodedBody, decodeBody, takeBody, type Rejection } from './agent-receiver.ts';
export { type Candidate, discover, discoverOne, type DiscoverOptions, followedBefore } from './discover.ts';
export { globChanges } from './discover/glob.ts';
export {
  type EvtxDamage,
  type EvtxItem,
  type EvtxRecord,
  evtxText,
  isEvtxDamage,
  readEvtx,
  readEvtxContent,
  readEvtxFile,
} from './evtx/index.ts';
export { fileTail, type FileTailOptions } from './file-tail.ts';
export type { TailCount } from './file-tail/recording.ts';
export { type TailShare, tailShare } from './file-tail/share.ts';
export { type Followed, followedAs, followedTo } from './file-tail/followed.ts';
export { lines } from './file-tail/lines.ts';
export { journald, type JournaldOptions, type JournalLoss } from './journald.ts';
export {
  type HostOptions,
  hostMetrics,
  type HostMetricsOptions,
  type HostState,
  hostState,
  takeSnapshot,
} from './host-metrics.ts';
export { honeypot, type HoneypotOptions } from './honeypot/index.ts';
export type { RecordStream } from './source.ts';
export {
  type AccountChange,
  createLedger,
  type DropReason,
  type Ledger,
  sourceId,
  syslog,
  type SyslogOptions,
} from './syslog.ts';
export {
  type ChannelFault,
  windowsEventLog,
  type WindowsEventLogOptions,
  type WindowsLoss,
} from './windows-event-log.ts';
