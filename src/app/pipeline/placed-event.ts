/**
 * An event with its place in its batch. Its id is put together when somebody asks for it: of all that come in, only those that are
 * evidence or are watched are ever asked. So it is no plain data, and whoever sends it to another thread says what it is.
 */
import type { Event, EventId } from '#contract';

export class PlacedEvent {
  readonly event: Event;
  readonly #batch: number;
  readonly #ordinal: number;

  constructor(batch: number, ordinal: number, event: Event) {
    this.event = event;
    this.#batch = batch;
    this.#ordinal = ordinal;
  }

  get id(): EventId {
    return `${this.#batch}-${this.#ordinal}`;
  }
}
