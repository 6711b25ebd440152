/** Waiting for something that is bound to happen. The limit only ends a hung test; nothing is measured by it. */
export const HUNG = 120_000;

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks again until there is an answer other than undefined. */
export async function until<T>(
  what: string,
  ask: () => T | undefined | Promise<T | undefined>,
  limit = HUNG,
): Promise<T> {
  const end = Date.now() + limit;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`Waited ${limit / 1000} s in vain: ${what}.`);
    await pause(20);
  }
}

export async function within<T>(what: string, promise: Promise<T>, limit = HUNG): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const hung = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited ${limit / 1000} s in vain: ${what}.`)), limit);
  });
  try {
    return await Promise.race([promise, hung]);
  } finally {
    clearTimeout(timer);
  }
}
