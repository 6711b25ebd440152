/** `docs/config.md` from the schema's JSON form: key, default, meaning. */
import { z } from 'zod';
import { configSchema } from '#contract/schema';

interface Node {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
}

interface Row {
  readonly key: string;
  readonly fallback: string;
  readonly meaning: string;
}

function rows(node: Node, path: string): Row[] {
  if (node.properties !== undefined) {
    return Object.entries(node.properties).flatMap(([key, child]) => rows(child, path === '' ? key : `${path}.${key}`));
  }
  const own: Row = {
    key: path,
    fallback: node.default === undefined ? '' : `\`${JSON.stringify(node.default)}\``,
    meaning: [node.description ?? '', values(node)].filter((part) => part !== '').join(' '),
  };
  return [own, ...(node.items?.properties === undefined ? [] : rows(node.items, `${path}[]`))];
}

function values(node: Node): string {
  if (node.enum !== undefined) return `One of ${node.enum.map((value) => `\`${String(value)}\``).join(', ')}.`;
  if (typeof node.minimum === 'number' && typeof node.maximum === 'number' && node.maximum < Number.MAX_SAFE_INTEGER) {
    return `From ${node.minimum} to ${node.maximum}.`;
  }
  return '';
}

export function configReference(): string {
  const schema = z.toJSONSchema(configSchema, { io: 'input' }) as Node;
  const table = rows(schema, '').map(({ key, fallback, meaning }) => `| \`${key}\` | ${fallback} | ${meaning} |`);
  return [
    '# Configuration',
    '',
    '`porchlight.yaml` in the data folder, or the file that `--config` names. Every key has a default; an unknown key is an error that names',
    'its line. `porchlight config check` tries a file, `porchlight config show` prints what is in force.',
    '',
    'Secrets need not stand in the file: `${NAME}` takes the environment variable NAME, and `file:/path` takes the content of a file.',
    '',
    '```yaml',
    'http:',
    '  port: 8080',
    'sources:',
    '  log_candidates: [/var/log/auth.log, /var/log/nginx/access.log]',
    'honeypot:',
    '  exempt: [192.0.2.10]',
    'notify:',
    '  ntfy:',
    '    url: https://ntfy.example.net/porchlight',
    '    token: ${NTFY_TOKEN}',
    '```',
    '',
    'Behind a reverse proxy: name its address in `http.trusted_proxies`, the name people use in `http.hosts`, and let it set `X-Forwarded-For`. A',
    'proxy that hides who asks makes every visitor look like you.',
    '',
    '| key | default | meaning |',
    '| --- | --- | --- |',
    ...table,
    '',
  ].join('\n');
}
