import { networkInterfaces } from 'node:os';

/** This machine's addresses: never a stranger, whatever the log says. */
export const ownAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map((address) => address.address));
