export type { AgentSubmission, Backend, CommitNotice, Submission, SubmissionResult } from './backend.ts';
export { type ApiLimits } from './limits.ts';
export { type Api, type ApiOptions, createApi } from './server.ts';
