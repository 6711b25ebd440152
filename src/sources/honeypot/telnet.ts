/**
 * The telnet protocol as a visitor speaks it: RFC 854 (commands), 857 (ECHO), 858 (SGA), 1073 (NAWS), and the Q method of
 * RFC 1143, which never answers an answer, so two ends cannot fall into a loop. Bytes in; typed bytes and replies out.
 *
 * ```
 *            ┌────────────── IAC ──────────────┐
 *   data ────┤                                 ├── command ── WILL/WONT/DO/DONT ── option ──▶ data
 *            ◀── IAC IAC (255), NOP, AYT, GA ──┘        └──── SB ── … skipped … ── IAC SE ──▶ data
 * ```
 *
 * We offer what the telnet daemon of a small router offers, in its order: visitors who fingerprint the greeting see one.
 * Nothing here grows with the input: subnegotiations are skipped, never kept.
 */
import { unreachable } from '#lib/unreachable';

const SE = 240;
const BREAK = 243;
const INTERRUPT = 244;
const ERASE_CHARACTER = 247;
const ERASE_LINE = 248;
const SB = 250;
const WILL = 251;
const WONT = 252;
const DO = 253;
const DONT = 254;
const END_OF_FILE = 236;
export const IAC = 255;

const ECHO = 1;
const SGA = 3;
const NAWS = 31;

/** Commands that mean a key of the terminal: ^C, ^C, rub out, ^U, ^D. */
const KEYS: Readonly<Record<number, number>> = {
  [INTERRUPT]: 0x03,
  [BREAK]: 0x03,
  [ERASE_CHARACTER]: 0x7f,
  [ERASE_LINE]: 0x15,
  [END_OF_FILE]: 0x04,
};

/** What we say first. ECHO by us is what keeps a password off the visitor's screen: we do not send it back. */
export const GREETING: readonly number[] = [IAC, DO, ECHO, IAC, DO, NAWS, IAC, WILL, ECHO, IAC, WILL, SGA];

export type Heard =
  | { readonly kind: 'data'; readonly byte: number }
  | { readonly kind: 'reply'; readonly bytes: readonly number[] };

/** An option on one side, after RFC 1143: `asked` is its WANTYES. We never ask to switch one off. */
type OptionState = 'off' | 'asked' | 'on';

/** One side's options: the two words the other end can say, the two we answer with, and which options we go along with. */
interface Side {
  readonly agree: number;
  readonly refuse: number;
  readonly willing: readonly number[];
  readonly states: Map<number, OptionState>;
}

function answer(side: Side, enable: boolean, option: number): Heard | undefined {
  const state = side.states.get(option) ?? 'off';
  if (!enable) {
    side.states.delete(option);
    return state === 'on' ? { kind: 'reply', bytes: [IAC, side.refuse, option] } : undefined;
  }
  if (state === 'on') return undefined;
  if (!side.willing.includes(option)) return { kind: 'reply', bytes: [IAC, side.refuse, option] };
  side.states.set(option, 'on');
  return state === 'asked' ? undefined : { kind: 'reply', bytes: [IAC, side.agree, option] };
}

export interface Telnet {
  /** Takes one byte from the wire. At most one thing comes of it. */
  hear(byte: number): Heard | undefined;
}

/** `greeted`: GREETING was sent, so its answers are expected. */
export function telnet(greeted: boolean): Telnet {
  const asked: OptionState = greeted ? 'asked' : 'off';
  const willing = (options: readonly number[]): Map<number, OptionState> => new Map(options.map((o) => [o, asked]));
  const ours: Side = { agree: WILL, refuse: WONT, willing: [ECHO, SGA], states: willing([ECHO, SGA]) };
  const theirs: Side = { agree: DO, refuse: DONT, willing: [ECHO, NAWS], states: willing([ECHO, NAWS]) };
  let state: 'data' | 'command' | 'option' | 'sub' | 'sub-command' = 'data';
  let verb = 0;

  function command(byte: number): Heard | undefined {
    state = 'data';
    if (byte === IAC) return { kind: 'data', byte };
    if (byte === SB) state = 'sub';
    else if (byte >= WILL) {
      verb = byte;
      state = 'option';
    }
    const key = KEYS[byte];
    return key === undefined ? undefined : { kind: 'data', byte: key };
  }

  return {
    hear(byte) {
      switch (state) {
        case 'data':
          if (byte !== IAC) return { kind: 'data', byte };
          state = 'command';
          return undefined;
        case 'command':
          return command(byte);
        case 'option':
          state = 'data';
          return answer(verb === DO || verb === DONT ? ours : theirs, verb === DO || verb === WILL, byte);
        case 'sub':
          if (byte === IAC) state = 'sub-command';
          return undefined;
        case 'sub-command':
          // Inside a subnegotiation 255 is doubled; any other command means that its end was forgotten.
          if (byte === IAC || byte === SE) state = byte === IAC ? 'sub' : 'data';
          else return command(byte);
          return undefined;
        default:
          return unreachable(state);
      }
    },
  };
}
