/**
 * Named counters with one label, for `/metrics` and the dashboard. Nothing is dropped silently: every drop ends up here
 * with its reason.
 */
export interface Counters {
  add(name: string, label: string, by?: number): void;
  get(name: string, label: string): number;
  entries(): readonly { readonly name: string; readonly label: string; readonly value: number }[];
}

export function counters(): Counters {
  const values = new Map<string, { name: string; label: string; value: number }>();
  const key = (name: string, label: string): string => `${name}\u0000${label}`;
  return {
    add(name, label, by = 1) {
      const at = key(name, label);
      const entry = values.get(at);
      if (entry === undefined) values.set(at, { name, label, value: by });
      else entry.value += by;
    },
    get: (name, label) => values.get(key(name, label))?.value ?? 0,
    entries: () => [...values.values()],
  };
}
