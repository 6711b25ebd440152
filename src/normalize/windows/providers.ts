/** All providers that have a table. */
import { APPLICATION } from './application.ts';
import type { Provider } from './entry.ts';
import { OPERATIONAL } from './operational.ts';
import { powershell, powershellClassic } from './powershell.ts';
import { PROTECTION } from './protection.ts';
import { security } from './security.ts';
import { sysmon, sysmonForLinux } from './sysmon.ts';
import { SYSTEM } from './system.ts';

export const PROVIDERS: readonly Provider[] = [
  security,
  sysmon,
  sysmonForLinux,
  powershell,
  powershellClassic,
  ...SYSTEM,
  ...PROTECTION,
  ...OPERATIONAL,
  ...APPLICATION,
];

const byName = new Map<string, Provider>();
/** As they are written, and in lower case. */
for (const provider of PROVIDERS)
  for (const name of provider.names) byName.set(name, provider).set(name.toLowerCase(), provider);

export function providerOf(name: string, channel: string): Provider | undefined {
  const found = byName.get(name) ?? byName.get(name.toLowerCase());
  if (found !== undefined || !name.startsWith('MSSQL$'))
    return found ?? (name === '' ? byName.get(channel.toLowerCase()) : undefined);
  return byName.get('mssqlserver');
}
