export { type Access, allows, type Role, ROLES } from './access.ts';
export { AGENT_ACTIONS, AGENT_DATASET, AGENT_NAME, AGENT_STATES, type AgentAction, type AgentState } from './agent.ts';
export {
  AGENT_PATHS,
  type AgentReport,
  BATCH_LIMITS,
  type BatchHead,
  type BatchReply,
  type DeclaredGap,
  type EnrollReply,
  type EnrollRequest,
  type EnrollToken,
  type GapReason,
  HEARTBEAT,
  type SequenceProblem,
  type SourceAccount,
  type WireRecord,
  type WireSource,
} from './agent-wire.ts';
export {
  type Alert,
  type AlertChange,
  type AlertStatus,
  ALERT_STATUSES,
  type Evidence,
  EVIDENCE,
  evidenceSlot,
  type HistoryEntry,
  type Step,
} from './alert.ts';
export {
  ApiError,
  callLines,
  type Client,
  type ClientOptions,
  createClient,
  type Problem,
  type Transport,
} from './client.ts';
export { CodedError, type ErrorCode, ERRORS } from './errors.ts';
export {
  type Event,
  type EventId,
  type Fields,
  type FieldValue,
  isoTime,
  newFields,
  wideFields,
  parseEventId,
  type Scalar,
  toWire,
  type WireEvent,
} from './event.ts';
export { isLevel, type Level, levelRank, LEVELS } from './level.ts';
export { DEFAULT_PORT, PATHS, type RouteName } from './paths.ts';
export {
  checkRecord,
  isPlace,
  LIMITS,
  type Mark,
  type Position,
  type RawRecord,
  type RecordFault,
  type SourceTag,
  type StreamTag,
} from './record.ts';
export type { ListedRule, RuleDocument, RuleInfo, RuleList, RuleProblem } from './rule.ts';
export { isRuleStatus, RULE_STATUSES, type RuleStatus } from './rule-status.ts';
export type { AgentMessage, AlertMessage, EventMessage, SnapshotMessage, StreamMessage } from './stream.ts';
export type { AgentList, AgentStatus, Invitation } from './agent.schema.ts';
export type { WireAlert } from './alert.schema.ts';
export type { BacktestBegun, BacktestDone, BacktestFound, BacktestLine, BacktestRequest } from './backtest.schema.ts';
export type {
  AgentsConfig,
  Config,
  HoneypotConfig,
  KeyConfig,
  MonitorConfig,
  RulesConfig,
  ScoreSettings,
  SyslogConfig,
} from './config.ts';
export type { ParsedQuery, RouteBody, RouteQuery, RouteResponse, SourceStatus } from './routes.ts';
export {
  type AuthSummary,
  type DiskUse,
  FEED_QUERY,
  type HostSnapshot,
  type LedgerRow,
  type Listener,
  MONITOR_LEVELS,
  MONITOR_METRICS,
  type MonitorEntry,
  type MonitorLevel,
  type MonitorMetric,
  type ProcessUse,
  type RecentLogin,
  type Score,
  type ScoreBand,
  type ScoredSnapshot,
  SNAPSHOT_DATASET,
  SNAPSHOT_FIELD,
} from './snapshot.ts';
