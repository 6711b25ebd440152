import { printable } from '#lib/printable';

/** A fault that is our own, for whoever reads the log of the server. */
export function logFault(fault: unknown, where: string): void {
  const told = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault);
  for (const line of [`porchlight: ${where}`, ...told.split('\n')]) process.stderr.write(`${printable(line)}\n`);
}
