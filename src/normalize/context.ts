/** What normalize needs besides the record itself. It reads no clock and no environment: these are passed in. */
export interface NormalizeContext {
  /** IANA name of the zone that stamps without one are in, where the source does not say its own. */
  readonly timezone: string;
  /**
   * The lines are read long after they were written (`parse`, `hunt`, `import`): however old a stamp is, it is believed.
   * Live intake leaves this out, so that a stamp years off cannot poison a detector's window.
   */
  readonly historic?: boolean;
  /** Called for everything that was changed or left aside, with the reason. */
  count(reason: string): void;
}
