/** Where agents may find this server: the names of its certificate, and the addresses of a token, most likely first. */
import { isIP, isIPv6 } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** `0.0.0.0:5443`, `[::]:5443`. */
export function placeOf(listen: string): Place {
  const at = listen.lastIndexOf(':');
  return { host: listen.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(listen.slice(at + 1)) };
}

export interface Surroundings {
  readonly interfaces: NodeJS.Dict<readonly NetworkInterfaceInfo[]>;
  readonly hostName: string;
}

const EVERYWHERE: ReadonlySet<string> = new Set(['0.0.0.0', '::', '']);
/** Networks inside this machine: containers and virtual machines. Their addresses are of use to those alone. */
const INSIDE = /^(?:docker|br-|veth|virbr|vmnet|vboxnet|lxc|lxd|cni|flannel|podman)/;
const NAME = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?)*$/i;

/** Hosts, most likely first: what the owner named, the network at home, names, networks inside this machine, this machine itself. */
function hosts(listen: string, named: readonly string[], { interfaces, hostName }: Surroundings): string[] {
  if (!EVERYWHERE.has(listen)) return [...named, listen];
  const all = Object.entries(interfaces).flatMap(([name, list = []]) =>
    list
      .filter(({ internal, address }) => !internal && !/^fe80:|^169\.254\./i.test(address))
      .map(({ address }) => ({ address, inside: INSIDE.test(name), six: isIPv6(address) })),
  );
  const usable = listen === '0.0.0.0' ? all.filter(({ six }) => !six) : all;
  const sorted = usable.toSorted((a, b) => Number(a.inside) - Number(b.inside) || Number(a.six) - Number(b.six));
  const [near, inside] = [sorted.filter((one) => !one.inside), sorted.filter((one) => one.inside)];
  const short = hostName.split('.')[0] ?? hostName;
  const own = ['127.0.0.1', ...(listen === '0.0.0.0' ? [] : ['::1']), 'localhost'];
  return [
    ...named,
    ...near.map(({ address }) => address),
    hostName,
    `${short}.local`,
    ...inside.map(({ address }) => address),
    ...own,
  ];
}

/** A name as the owner writes it, perhaps with a port of its own (a container's port may be another outside). */
function split(name: string): { readonly host: string; readonly port: number | undefined } {
  const parts = /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(name) ?? /^([^:]+)(?::(\d{1,5}))?$/.exec(name);
  return { host: parts?.[1] ?? name, port: parts?.[2] === undefined ? undefined : Number(parts[2]) };
}

const isUsable = (host: string): boolean => isIP(host) !== 0 || NAME.test(host);

/** Names of the certificate, each once, in order. */
export function certificateNames(listen: string, named: readonly string[], around: Surroundings): string[] {
  const all = hosts(listen, named, around).map((name) => split(name).host.toLowerCase());
  return [...new Set(all)].filter(isUsable);
}

/** Addresses of a token; few enough that an agent that tries them all is soon done. */
export function agentUrls(listen: string, port: number, named: readonly string[], around: Surroundings): string[] {
  const urls = hosts(listen, named, around)
    .map(split)
    .filter(({ host }) => isUsable(host))
    .map(({ host, port: own }) => `https://${isIPv6(host) ? `[${host}]` : host}:${own ?? port}`);
  return [...new Set(urls)].slice(0, MOST_URLS);
}

const MOST_URLS = 16;
