/** Ends every switch over a union: the compiler proves that nothing is left, and a wrong value from outside throws. */
export function unreachable(value: never): never {
  throw new Error(`Unreachable value: ${JSON.stringify(value)}`);
}
