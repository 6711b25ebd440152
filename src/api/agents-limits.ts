/** What the agents' listener takes at most. Bytes and milliseconds. Tests make them small. */
import type { ApiLimits } from './limits.ts';

export interface AgentsLimits extends Pick<
  ApiLimits,
  | 'sentBytes'
  | 'inflatedBytes'
  | 'bodies'
  | 'bodiesBytes'
  | 'connections'
  | 'headersTimeout'
  | 'requestTimeout'
  | 'keepAliveTimeout'
  | 'checkInterval'
  | 'linger'
  | 'shutdown'
> {
  /** Open connections from one address: a house behind one router, or containers of one machine, share theirs. */
  readonly connectionsOfOne: number;
  readonly handshakeTimeout: number;
  /** Wrong keys and tokens from one address, a second, ten seconds' worth at once; what is beyond is not looked at. */
  readonly refusalsPerSecond: number;
}

const MIB = 1024 * 1024;

export const AGENTS_LIMITS: AgentsLimits = {
  sentBytes: 16 * MIB,
  inflatedBytes: 16 * MIB,
  bodies: 64,
  bodiesBytes: 64 * MIB,
  connections: 256,
  connectionsOfOne: 32,
  handshakeTimeout: 10_000,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  // Longer than an agent's heartbeat: it keeps its connection.
  keepAliveTimeout: 75_000,
  checkInterval: 1000,
  linger: 2000,
  shutdown: 5000,
  refusalsPerSecond: 5,
};
