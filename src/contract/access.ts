/** Who may call. A viewer reads, an agent only appends, an admin does both and changes. `public` needs no key. */
export const ROLES = ['viewer', 'agent', 'admin'] as const;
export type Role = (typeof ROLES)[number];
export type Access = 'public' | 'viewer' | 'agent' | 'admin';

/** Whether `role` (undefined: nobody) reaches `access`. */
export function allows(access: Access, role: Role | undefined): boolean {
  return access === 'public' || role === 'admin' || role === access;
}
