/** One thing that was looked at. `look`: works, but somebody should know. `broken`: does not do what it is there for. */
export interface Finding {
  readonly name: string;
  readonly state: 'ok' | 'look' | 'broken';
  readonly text: string;
  /** What to do about it. */
  readonly next?: string;
}

export const fine = (name: string, text: string): Finding => ({ name, state: 'ok', text });
export const look = (name: string, text: string, next: string): Finding => ({ name, state: 'look', text, next });
export const broken = (name: string, text: string, next: string): Finding => ({ name, state: 'broken', text, next });

export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
