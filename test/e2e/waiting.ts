/** Waiting for what is bound to happen. The limits only end a test that hangs; nothing is measured by them. */
export const HUNG = 120_000;
const LOOK_EVERY = 20;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks again until the answer is something else than undefined or false. */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  for (const end = performance.now() + HUNG; ; await pause(LOOK_EVERY)) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > end) throw new Error(`Waited ${HUNG / 1000} s in vain: ${what}.`);
  }
}

export async function within<T>(what: string, promise: Promise<T>): Promise<T> {
  const { promise: hung, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`Waited ${HUNG / 1000} s in vain: ${what}.`)), HUNG);
  try {
    return await Promise.race([promise, hung]);
  } finally {
    clearTimeout(timer);
  }
}
