/*
 * How the server's own process is started, so that it stays small: V8's nursery would grow to 100 MB in the main thread, and the C
 * library keeps what each thread freed in a pool of its own. Measured under load: 680 MB without, 440 MB with a pool for two.
 *
 * One pool for all is no slower, since each thread has a cache of its own before it. What is free at its end goes back to the system from
 * 1 MB on; left alone the C library would learn from the first large body to keep up to 64 MB. Both together: 30 to 40 MB at the peak.
 *
 * A thread with a limit as small as ours would collect whenever its heap grew by 30 %, and the pipeline's windows hold 50 MB under
 * attack: marking them again and again was a fifth of all processor time. By 70 % costs 20 to 30 MB at the peak.
 */
export const SERVER_FLAGS = [
  '--disable-warning=ExperimentalWarning',
  '--max-semi-space-size=8',
  '--heap-growing-percent=70',
  // Only so that a quiet thread can give back what it no longer needs (src/app/give-back.ts): 40 to 50 MB after the start.
  '--expose-gc',
];

/*
 * The agent runs beside other work on small machines: without a cap its heap grows to 100 MB while it catches up, although it never
 * needs more than 20.
 */
export const AGENT_FLAGS = [
  '--disable-warning=ExperimentalWarning',
  '--max-semi-space-size=1',
  '--v8-pool-size=1',
  '--max-old-space-size=48',
];

/** @param {NodeJS.ProcessEnv} env */
export const serverEnvironment = (env) => ({ MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '1048576', ...env });
