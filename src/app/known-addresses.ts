/** Reads what `enrich` in the settings names: databases, lists, names of devices. Nothing is fetched: the files are the owner's to renew. */
import { readFileSync, statSync } from 'node:fs';
import { CodedError, type Config } from '#contract';
import type { KnownAddresses } from '#enrich';
import { isIP } from 'node:net';

type EnrichConfig = Config['enrich'];

/** A city database has 60 MB; what is larger is no such file. */
const MAX_DATABASE = 512 * 1024 * 1024;
export const MAX_LIST = 8 * 1024 * 1024;

/** undefined where the settings name nothing. */
export function readKnownAddresses({ geoip, devices, scanners }: EnrichConfig): KnownAddresses | undefined {
  if (geoip.length === 0 && scanners.length === 0 && Object.keys(devices).length === 0) return undefined;
  for (const address of Object.keys(devices)) {
    if (isIP(address) === 0) throw new CodedError('CONFIG', `enrich.devices: '${address}' is no address.`);
  }
  return {
    databases: geoip.map((path) => read('enrich.geoip', path, MAX_DATABASE)),
    devices,
    scanners: scanners.flatMap((path) => read('enrich.scanners', path, MAX_LIST).toString('utf8').split(/\r?\n/)),
  };
}

function read(key: string, path: string, most: number): Buffer {
  try {
    const { size } = statSync(path);
    if (size <= most) return readFileSync(path);
  } catch (error) {
    throw new CodedError('CONFIG', `${key}: ${path} cannot be read: ${(error as Error).message}`);
  }
  throw new CodedError('CONFIG', `${key}: ${path} is larger than ${most / (1024 * 1024)} MB.`);
}
