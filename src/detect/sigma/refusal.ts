/** Why a rule cannot be used, in the rule author's words. Thrown while a rule compiles and caught once, in `compile`. */
export class Refusal extends Error {
  /** Keys and places in lists, from the document down to what is refused, as far as it is known. */
  at: readonly (string | number)[] = [];

  constructor(reason: string) {
    super(reason);
    this.name = 'Refusal';
  }
}

/** Reads a part of a rule: a refusal says that it happened there. */
export function within<T>(step: string | number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) error.at = [step, ...error.at];
    throw error;
  }
}

/** A value from a rule, short enough for one line of an error. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
