/*
 * How the server's own process is started, so that it stays small: V8's nursery would grow to 100 MB in the main thread, and the C
 * library keeps what each thread freed in a pool of its own. Measured under load: 680 MB without, 440 MB with.
 */
export const SERVER_FLAGS = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=8'];

/** @param {NodeJS.ProcessEnv} env */
export const serverEnvironment = (env) => ({ MALLOC_ARENA_MAX: '2', ...env });
