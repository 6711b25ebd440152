export {
  type Alert,
  type AlertChange,
  type AlertStatus,
  ALERT_STATUSES,
  alertSchema,
  type Evidence,
  EVIDENCE,
  evidenceSlot,
  type HistoryEntry,
  type Step,
  stepSchema,
  type WireAlert,
} from './alert.ts';
export { ApiError, type Client, type ClientOptions, createClient, type Problem } from './client.ts';
export { type Config, configSchema, type HoneypotConfig, type KeyConfig } from './config.ts';
export { CodedError, type ErrorCode, ERRORS } from './errors.ts';
export {
  type Event,
  type EventId,
  type Fields,
  type FieldValue,
  isoTime,
  newFields,
  parseEventId,
  type Scalar,
  toWire,
  type WireEvent,
} from './event.ts';
export { isLevel, type Level, levelRank, LEVELS } from './level.ts';
export { PATHS, type RouteName } from './paths.ts';
export {
  checkRecord,
  LIMITS,
  type Mark,
  type Position,
  type RawRecord,
  type RecordFault,
  recordSchema,
  type SourceTag,
  type StreamTag,
} from './record.ts';
export {
  type Access,
  allows,
  type ParsedQuery,
  type Role,
  ROLES,
  type RouteBody,
  type RouteQuery,
  type RouteResponse,
  routeOf,
  routes,
  type SourceStatus,
} from './routes.ts';
export type { RuleDocument, RuleInfo, RuleProblem } from './rule.ts';
export type { AlertMessage, EventMessage, StreamMessage } from './stream.ts';
