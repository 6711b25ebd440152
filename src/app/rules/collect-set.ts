/** The rule files of what somebody wants to install: a folder, a ZIP archive, or an address where one lies. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import { CodedError } from '#contract';
import { MAX_RULE_BYTES } from '../rule-catalogue.ts';
import { download } from './download.ts';
import { SET_NAME } from './sets.ts';
import { readZip, type ZipFile, ZipRefusal } from './zip.ts';

export interface CollectedSet {
  /** What a set of this origin is called, unless somebody says otherwise. */
  readonly name: string;
  readonly source: string;
  readonly files: readonly ZipFile[];
  /** YAML files that are no rules: workflows, test data. */
  readonly others: number;
}

export interface CollectMeans {
  readonly signal: AbortSignal;
  readonly onProgress: (bytes: number, size: number | undefined) => void;
}

/** Twice the community's repository with all its test data. */
const MAX_ARCHIVE = 128 * 1024 * 1024;
const LIMITS = { entries: 60_000, fileBytes: MAX_RULE_BYTES, bytes: 96 * 1024 * 1024 } as const;
const PATIENCE = { idle: 30_000, total: 600_000 } as const;

const isRuleFile = (name: string): boolean => /\.ya?ml$/i.test(name) && !/(?:^|\/)\./.test(name);

/** A document that detects, correlates or filters; anything else in a release is not for us. */
const RULE = /^(?:detection|correlation|filter)\s*:/m;

function refuse(source: string, why: string): never {
  throw new CodedError('RULE_SET', `${source}: ${why}`);
}

/** A release keeps its rules below a folder of its own name; what all have in common says nothing. */
function withoutCommon(files: readonly ZipFile[]): readonly ZipFile[] {
  const [top = ''] = files[0]?.name.split('/') ?? [];
  const isWrapper =
    /^sigma-|-(?:main|master)$|-[0-9a-f]{40}$/.test(top) && files.every(({ name }) => name.startsWith(`${top}/`));
  return isWrapper ? files.map(({ name, bytes }) => ({ name: name.slice(top.length + 1), bytes })) : files;
}

function* filesBelow(folder: string): Generator<ZipFile> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const places = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  let bytes = 0;
  for (const place of places.toSorted()) {
    const name = relative(folder, place).replaceAll(sep, '/');
    if (!isRuleFile(name)) continue;
    const { size } = statSync(place);
    if (size > LIMITS.fileBytes) refuse(place, `it has ${size} bytes; ${LIMITS.fileBytes} are the most`);
    bytes += size;
    if (bytes > LIMITS.bytes) refuse(folder, `its rules have more than ${LIMITS.bytes} bytes`);
    yield { name, bytes: readFileSync(place) };
  }
}

/** `sigma_all_rules.zip`, `https://…/SigmaHQ/sigma/archive/refs/heads/master.zip` (which is called sigma). */
function nameOf(source: string): string {
  const [, repository] = /^https?:\/\/[^/]+\/[^/]+\/([^/]+)\/archive\//.exec(source) ?? [];
  const last = repository ?? basename(source.replace(/[?#].*$/, '').replace(/[/\\]+$/, ''));
  const name = last
    .replace(/\.zip$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9._+-]+/g, '-')
    .replace(/^[^a-z0-9]+|[^a-z0-9+]+$/g, '');
  return SET_NAME.test(name) ? name : 'rules';
}

async function contentOf(source: string, means: CollectMeans): Promise<Iterable<ZipFile>> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(source)) {
    const archive = await download(source, { ...means, ...PATIENCE, maxBytes: MAX_ARCHIVE });
    return readZip(archive, isRuleFile, LIMITS);
  }
  const found = statSync(source, { throwIfNoEntry: false });
  if (found === undefined) refuse(source, 'there is no such file or folder');
  if (found.isDirectory()) return filesBelow(source);
  if (/\.ya?ml$/i.test(source)) return [{ name: basename(source), bytes: readFileSync(source) }];
  if (found.size > MAX_ARCHIVE) refuse(source, `it has ${found.size} bytes; ${MAX_ARCHIVE} are the most`);
  return readZip(readFileSync(source), isRuleFile, LIMITS);
}

/** Throws CodedError RULE_SET with the reason; nothing was written then. */
export async function collectSet(source: string, means: CollectMeans): Promise<CollectedSet> {
  const files: ZipFile[] = [];
  let others = 0;
  try {
    for (const file of await contentOf(source, means)) {
      if (RULE.test(new TextDecoder().decode(file.bytes))) files.push(file);
      else others++;
    }
  } catch (error) {
    if (error instanceof CodedError) throw error;
    if (error instanceof ZipRefusal) refuse(source, error.message);
    refuse(source, `cannot be read: ${(error as Error).message}`);
  }
  if (files.length === 0) refuse(source, 'there are no Sigma rules in it');
  const isAddress = source.includes('://');
  return {
    name: nameOf(isAddress ? source : resolve(source)),
    source: isAddress ? source : resolve(source),
    files: withoutCommon(files),
    others,
  };
}
