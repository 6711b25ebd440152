/** What one server takes at most. Bytes and milliseconds. Tests make them small; nobody else needs to. */
export interface ApiLimits {
  /** A body as it is sent. */
  readonly sentBytes: number;
  /** The same body after inflating. */
  readonly inflatedBytes: number;
  /** A body of any other route. */
  readonly smallBodyBytes: number;
  /** Bodies that are being read or committed at the same time, and their bytes after inflating. */
  readonly bodies: number;
  readonly bodiesBytes: number;
  readonly connections: number;
  /** From the first byte (or from connecting) until all headers are there. */
  readonly headersTimeout: number;
  /** From the first byte until the whole request is there. */
  readonly requestTimeout: number;
  readonly keepAliveTimeout: number;
  /** How often the two timeouts are looked at. */
  readonly checkInterval: number;
  /** How long a refused sender may go on sending, so that it gets to read why. */
  readonly linger: number;
  /** How long requests in flight may take once the server closes. */
  readonly shutdown: number;
  /** How long whoever gets lines may read none of them. */
  readonly linesStall: number;
  readonly streamClients: number;
  /** Bytes that wait for one live client before it is cut. */
  readonly streamBuffer: number;
  readonly streamInterval: number;
  readonly streamAlertDelay: number;
  readonly streamHeartbeat: number;
}

const MIB = 1024 * 1024;

export const LIMITS: ApiLimits = {
  sentBytes: 8 * MIB,
  inflatedBytes: 32 * MIB,
  smallBodyBytes: 64 * 1024,
  bodies: 128,
  bodiesBytes: 64 * MIB,
  connections: 512,
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  keepAliveTimeout: 10_000,
  checkInterval: 1000,
  linger: 5000,
  shutdown: 5000,
  linesStall: 60_000,
  streamClients: 64,
  streamBuffer: MIB,
  streamInterval: 120,
  streamAlertDelay: 15,
  streamHeartbeat: 15_000,
};
