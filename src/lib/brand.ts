/** Nominal types over plain values: `Brand<number, 'Millis'>` is a number that only a constructor of Millis can make. */
declare const brand: unique symbol;

export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Milliseconds since the Unix epoch, UTC. */
export type Millis = Brand<number, 'Millis'>;

export const millis = (value: number): Millis => value as Millis;
