/** Writes wtmp records as a C library would. */
export interface Written {
  readonly type: number;
  readonly line?: string;
  readonly user?: string;
  readonly host?: string;
  /** Seconds since the epoch. */
  readonly at: number;
  readonly micros?: number;
}

export function wtmp(size: 384 | 400, records: readonly Written[]): Buffer {
  return Buffer.concat(records.map((record) => bytesOf(size, record)));
}

function bytesOf(size: 384 | 400, { type, line = '', user = '', host = '', at, micros = 0 }: Written): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeUInt16LE(type, 0);
  bytes.writeInt32LE(4711, 4);
  bytes.write(line, 8, 32);
  bytes.write('ts/0', 40, 4);
  bytes.write(user, 44, 32);
  bytes.write(host, 76, 256);
  const [seconds, fraction] = size === 384 ? [340, 344] : [344, 352];
  bytes.writeUInt32LE(at, seconds);
  bytes.writeUInt32LE(micros, fraction);
  return bytes;
}
