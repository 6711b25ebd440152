/**
 * A Dockerfile without Docker: its steps in plain folders. Each stage has a root folder, and the paths that the file speaks of lie
 * under it. Left out is what only an image has: packages of its system, users, caches.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface Step {
  readonly instruction: string;
  readonly words: string;
}

export interface Stage {
  readonly name: string;
  readonly from: string;
  readonly steps: readonly Step[];
}

export function stagesOf(file: string): readonly Stage[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  const steps = lines.flatMap((line): Step[] => {
    const [, instruction, words] = /^([A-Z]+) (.+)$/.exec(line) ?? [];
    return instruction === undefined || words === undefined ? [] : [{ instruction, words }];
  });
  const starts = steps.flatMap(({ instruction }, at) => (instruction === 'FROM' ? [at] : []));
  return starts.map((at, i) => {
    const [from = '', , name = ''] = steps[at]?.words.split(' ') ?? [];
    return { name, from, steps: steps.slice(at + 1, starts[i + 1]) };
  });
}

export interface BuildOptions {
  /** What COPY copies from. */
  readonly context: string;
  /** Folders in it that .dockerignore lets through. */
  readonly included: (path: string) => boolean;
  /** Roots of the stages, by name. */
  readonly roots: ReadonlyMap<string, string>;
  /** Node's folder first: the image has that one. */
  readonly path: string;
  /** Does a RUN in another way; false: it is run as it is. */
  readonly instead: (stage: Stage, command: string, folder: string) => boolean;
}

/** Paths of the image that commands speak of. */
const PLACES = /(?<=^|[\s=])\/(?:build|opt\/porchlight|usr\/local\/bin|data)(?=\/|\s|$)/g;

export function build(stage: Stage, options: BuildOptions): void {
  const root = rootOf(stage.name, options);
  let folder = root;
  for (const { instruction, words } of stage.steps) {
    if (instruction === 'WORKDIR') {
      folder = join(root, words);
      mkdirSync(folder, { recursive: true });
    } else if (instruction === 'COPY') copy(words, folder, options);
    else if (instruction === 'RUN' && !options.instead(stage, words, folder)) run(words, root, folder, options.path);
  }
}

function rootOf(name: string, { roots }: BuildOptions): string {
  const root = roots.get(name);
  if (root === undefined) throw new Error(`No folder for the stage "${name}".`);
  return root;
}

function copy(words: string, folder: string, options: BuildOptions): void {
  const [, stage, paths = ''] = /^(?:--from=(\S+) )?(.+)$/.exec(words) ?? [];
  const all = paths.split(' ');
  const target = join(folder, all.at(-1) ?? '');
  for (const name of all.slice(0, -1)) {
    const from = join(stage === undefined ? options.context : rootOf(stage, options), name);
    if (!existsSync(from)) throw new Error(`COPY ${words}: there is no ${from}.`);
    if (stage === undefined && !options.included(name)) throw new Error(`COPY ${words}: .dockerignore keeps it out.`);
    const to = all.at(-1) === './' ? join(target, basename(name)) : target;
    mkdirSync(dirname(to), { recursive: true });
    cpSync(from, to, { recursive: true, filter: (path) => !/\.test\.tsx?$/.test(path) });
  }
}

/** Where this machine's npm keeps what it has fetched, and whose certificates it believes. */
const passedOn = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(([name]) =>
      /^(?:npm_config_(?:cache|cafile|registry)|NODE_EXTRA_CA_CERTS)$/i.test(name),
    ),
  );

function run(command: string, root: string, cwd: string, path: string): void {
  mkdirSync(join(root, 'usr/local/bin'), { recursive: true });
  const here = command.replace(PLACES, (place) => join(root, place)).replaceAll('-o node -g node ', '');
  execFileSync('sh', ['-ec', here], {
    cwd,
    env: {
      PATH: path,
      HOME: process.env['HOME'],
      ...passedOn(process.env),
      npm_config_prefer_offline: 'true',
      npm_config_update_notifier: 'false',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The checkout's packages instead of installing them once more. */
export function borrowPackages(context: string, folder: string): void {
  rmSync(join(folder, 'node_modules'), { recursive: true, force: true });
  symlinkSync(join(context, 'node_modules'), join(folder, 'node_modules'));
}
