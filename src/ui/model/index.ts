export {
  type AgentStanding,
  agentsPhrase,
  agentsRest,
  agentsSentence,
  agentStanding,
  brokenSources,
  clockWords,
  lossOf,
  lossReason,
  lossWords,
  orderAgents,
  spoolPart,
  standingReason,
  tokenWords,
  wantsHand,
} from './agent.ts';
export {
  type AlertFilter,
  type AlertGroup,
  applyAlerts,
  belongs,
  groupAlerts,
  needsSentence,
  restSentence,
  statusWord,
  timesWord,
} from './alert.ts';
export {
  aroundEvent,
  TRIAL_SPANS,
  trialName,
  trialPart,
  trialProgress,
  trialScope,
  trialSentence,
  type TrialSpan,
  trialTold,
} from './backtest.ts';
export {
  type Backup,
  backupPhrase,
  backupWords,
  type Damage,
  DAMAGE_COMMAND,
  DAMAGE_TITLE,
  damagePhrase,
  damageWords,
} from './damage.ts';
export { type KindCount, OTHER, type Slice, slices, sum } from './doughnut.ts';
export { eventId, eventLine, eventSentence, eventTime, fieldsOf, latestId, mergeEvents } from './event.ts';
export { leftAside, notKept } from './losses.ts';
export { authSentence, loginEnd } from './machine.ts';
export { keptFor, keptSize } from './kept.ts';
export { type Axis, axisOf, axisTicks, measureName, measureValue, tickLabel } from './measure.ts';
export { LEVEL_GROUPS, type LevelGroup, levelOrder, LEVELS_DOWN, levelWord, needsYou } from './level.ts';
export { categoryHas, type Login, loginQuery, loginsFromEvents } from './login.ts';
export { errorPlace, mendedQuery, splitPipe, withTerm, wordsOf } from './query.ts';
export {
  isIdle,
  problemPlace,
  productOf,
  productsOf,
  RULE_TAB_WORDS,
  RULE_TABS,
  type RuleFilter,
  type RuleTab,
  rulesRest,
  rulesSentence,
  selectProblems,
  selectRules,
  stateWord,
  tabCounts,
} from './rule.ts';
export { bandWord, type BarPiece, barPieces, isStale, scoreSentence, staleWords } from './score.ts';
export {
  appendPoints,
  type Column,
  type Columns,
  columnsOf,
  extent,
  type Line,
  lineOf,
  type Measure,
  MEASURES,
  type MetricPoint,
  nearest,
  type Span,
  spanOf,
  usualStep,
} from './series.ts';
export {
  housePhrase,
  type Reason,
  reasonOf,
  sourceName,
  sourceState,
  splitReason,
  type Standing,
  standing,
} from './source.ts';
export { capital, dataSize, marked, numberWord, type Piece, plural, thousands, valuesOf, valueText } from './text.ts';
export {
  axisLabels,
  clock,
  clockMillis,
  clockMinute,
  DAY,
  day,
  duration,
  moment,
  type RangeChoice,
  RANGES,
  stretch,
  timespan,
  zoneName,
} from './time.ts';
