/** Method and path of every route, without zod, so that the browser's client stays small. `routes.ts` adds the schemas. */
export const PATHS = {
  postLogs: { method: 'POST', path: '/api/logs' },
  health: { method: 'GET', path: '/api/health' },
  listAlerts: { method: 'GET', path: '/api/alerts' },
  alertSummary: { method: 'GET', path: '/api/alerts/summary' },
  getAlert: { method: 'GET', path: '/api/alerts/:id' },
  patchAlert: { method: 'PATCH', path: '/api/alerts/:id' },
  listEvents: { method: 'GET', path: '/api/events' },
  eventHistogram: { method: 'GET', path: '/api/events/histogram' },
  eventValues: { method: 'GET', path: '/api/events/values' },
  eventTable: { method: 'GET', path: '/api/events/table' },
  completeQuery: { method: 'GET', path: '/api/events/complete' },
  listSearches: { method: 'GET', path: '/api/searches' },
  saveSearch: { method: 'PUT', path: '/api/searches/:name' },
  removeSearch: { method: 'DELETE', path: '/api/searches/:name' },
  score: { method: 'GET', path: '/api/score' },
  listMetrics: { method: 'GET', path: '/api/metrics' },
  hosts: { method: 'GET', path: '/api/hosts' },
  listAgents: { method: 'GET', path: '/api/agents' },
  addAgent: { method: 'POST', path: '/api/agents' },
  dropAgent: { method: 'DELETE', path: '/api/agents/:name' },
  rotateAgent: { method: 'POST', path: '/api/agents/:name/rotate' },
  listRules: { method: 'GET', path: '/api/rules' },
  switchRule: { method: 'PATCH', path: '/api/rules' },
  reloadRules: { method: 'POST', path: '/api/rules/reload' },
  backtestRule: { method: 'POST', path: '/api/rules/backtest' },
  stream: { method: 'GET', path: '/api/stream' },
  openapi: { method: 'GET', path: '/api/openapi.json' },
  metrics: { method: 'GET', path: '/metrics' },
} as const;

/** Port of the dashboard and the log intake, unless the configuration says otherwise. */
export const DEFAULT_PORT = 5000;

export type RouteName = keyof typeof PATHS;
