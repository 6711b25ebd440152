import type { AlertStatus, WireAlert } from '#contract';
import { api } from '../../api.ts';

/** Resolves with the alert as it then is. */
export function changeStatus(id: string, status: AlertStatus): Promise<WireAlert> {
  return api.call('patchAlert', { params: { id }, body: { status } });
}
