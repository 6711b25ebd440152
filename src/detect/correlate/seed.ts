/**
 * A group with one entry that completes nothing. Most groups never come to more: under attack every other address is a new one,
 * and as whole windows they would be what the collector is busy with. The second entry makes a group of it.
 */
import { weigh } from './footprint.ts';
import { type Contribution, Group, type Held, type Shape } from './group.ts';
import type { Value } from './line.ts';
import type { Plan } from './plan.ts';

/** Bytes besides its events; measured. */
const SEED_BYTES = 250;

export class Seed implements Held {
  readonly name: string;
  older: Held | undefined;
  newer: Held | undefined;
  readonly #key: readonly string[] | undefined;
  readonly #rule: number;
  readonly #contribution: Contribution;
  readonly #value: Value;
  readonly size = 1;
  readonly bytes: number;

  constructor(
    name: string,
    key: readonly string[] | undefined,
    rule: number,
    contribution: Contribution,
    value: Value,
  ) {
    this.name = name;
    this.#key = key;
    this.#rule = rule;
    this.#contribution = contribution;
    this.#value = value;
    this.bytes = SEED_BYTES + 2 * name.length + weigh(contribution);
  }

  isForgotten(received: number, patience: number): boolean {
    return Math.abs(received - this.#contribution.received) >= patience;
  }

  grown(shape: Shape): Group {
    const group = new Group(this.name, this.#key, shape);
    const contribution = this.#contribution;
    group.offer(contribution.received, contribution.time);
    group.add(this.#rule, contribution, this.#value);
    if (group.owes) group.charge(weigh(contribution));
    return group;
  }
}

/** Says whether an entry of a weight can satisfy the condition alone; yes where that depends on more. */
export function lonely({ temporal, measure, holds }: Plan): (weight: number) => boolean {
  if (temporal === undefined && measure.kind === 'none') return holds;
  const counts = temporal === 'counted' || measure.kind === 'distinct';
  const one =
    temporal !== undefined && temporal !== 'counted'
      ? temporal.some(({ present }) => present.length < 2)
      : !counts || holds(1);
  return () => one;
}
