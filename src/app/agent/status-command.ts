/** `porchlight agent status`: what the running agent says of itself, or what its folder tells when none runs. */
import { existsSync } from 'node:fs';
import { printable, printableJson } from '#lib/printable';
import type { Context, Values } from '../command.ts';
import { spoolOf } from './places.ts';
import { inspectSpool } from './spool/inspect.ts';
import { parkedHeads } from './parked.ts';
import { type AgentStatus, askStatus } from './status.ts';

export async function showStatus(context: Context, values: Values, folder: string): Promise<number> {
  const status = await askStatus(folder);
  if (status === undefined) {
    if (values['json'] === true) context.out(`${printableJson({ running: false })}\n`);
    else context.out(`No agent runs on ${folder}.\n${kept(folder)}`);
    return 1;
  }
  if (values['json'] === true) context.out(`${printableJson({ running: true, ...status })}\n`);
  else context.out(page(status, folder, context.now()));
  return status.server.state === 'connected' && status.trouble === null ? 0 : 1;
}

function kept(folder: string): string {
  if (!existsSync(spoolOf(folder))) return 'Start it with porchlight agent.\n';
  const { records, bytes } = inspectSpool(spoolOf(folder));
  return `${records} records wait in its spool (${size(bytes)}). Start it with porchlight agent.\n`;
}

const STATES: Readonly<Record<AgentStatus['server']['state'], string>> = {
  starting: 'not reached yet',
  connected: 'connected',
  retrying: 'does not answer; tried again at once',
  waiting: 'does not answer; tried again now and then',
  key_refused: 'REFUSES THE KEY',
};

function page(status: AgentStatus, folder: string, now: number): string {
  const { server, report, trouble, pid } = status;
  const { spool, sources } = report;
  const ago = (at: number | null | undefined): string =>
    at === null || at === undefined ? 'never' : `${Math.max(0, Math.round((now - at) / 1000))} s ago`;
  const lines = [
    `Agent      ${printable(server.agent ?? 'not enrolled')} on ${printable(report.host)}, process ${pid}, Porchlight ${report.version}`,
    `Server     ${server.url}: ${STATES[server.state]}; last success ${ago(server.lastSuccess)}`,
    ...(server.lastError === undefined ? [] : [`           last error: ${printable(server.lastError)}`]),
    ...(trouble === null ? [] : [`Spool      ${printable(trouble)}`]),
    `Spool      ${spool.records} records wait, ${size(spool.bytes)}${spool.oldest === null ? '' : `, the oldest ${ago(spool.oldest)}`}`,
    ...(spool.quarantined === 0 ? [] : [`           ${spool.quarantined} damaged places set aside`]),
    ...parkedHeads(spoolOf(folder)).map(
      ({ from, to, reason }) => `Parked     ${to - from} records: ${printable(reason)}`,
    ),
    'Sources',
    ...sources.flatMap((source) => [
      `  ${printable(source.source.replace(/^file:/, ''))}: ${source.state}, read ${source.read}, spooled ${source.spooled}, sent ${source.sent}${dropped(source.dropped)}${source.lag > 0 ? `, ${size(source.lag)} behind` : ''}`,
      ...(source.reason === '' ? [] : [`    ${printable(source.reason)}`]),
      ...source.gaps.map(({ at, reason }) => `    ${new Date(at).toISOString()} gap: ${printable(reason)}`),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function dropped(reasons: Readonly<Record<string, number>>): string {
  const parts = Object.entries(reasons).map(([reason, count]) => `${count} ${printable(reason)}`);
  return parts.length === 0 ? '' : `, dropped ${parts.join(', ')}`;
}

export function size(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  const step = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** step).toFixed(step === 0 ? 0 : 1)} ${units[step] ?? ''}`;
}
