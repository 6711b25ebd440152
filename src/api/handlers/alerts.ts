import { CodedError } from '#contract';
import type { StoredAlert } from '#store';
import type { Handlers, Means } from '../handler.ts';
import { wireAlert } from '../wire.ts';

const DAY_MS = 86_400_000;

export function alertHandlers({
  backend,
  now,
}: Means): Handlers<'listAlerts' | 'alertSummary' | 'getAlert' | 'patchAlert'> {
  const { store } = backend;

  function found(id: string, alert: StoredAlert | undefined): StoredAlert {
    if (alert === undefined) throw new CodedError('NOT_FOUND', `There is no alert ${id}.`);
    return alert;
  }

  return {
    listAlerts: {
      kind: 'parsed',
      async handle({ query }) {
        const { items, next } = await store.alerts(query);
        return { items: items.map(wireAlert), next };
      },
    },
    alertSummary: {
      kind: 'parsed',
      async handle() {
        const { worst, ...summary } = await store.summary(now() - DAY_MS);
        return { ...summary, worst: worst === undefined ? null : wireAlert(worst) };
      },
    },
    getAlert: {
      kind: 'parsed',
      handle: async ({ params: { id } }) => wireAlert(found(id, await store.alert(id))),
    },
    patchAlert: {
      kind: 'parsed',
      async handle({ params: { id }, body, principal }) {
        const known = await backend.setAlertStatus(id, body.status, principal.name, body.note);
        return wireAlert(found(id, known ? await store.alert(id) : undefined));
      },
    },
  };
}
