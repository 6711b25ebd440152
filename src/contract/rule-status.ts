/** How mature a rule's author calls it (Sigma specification 2.1, `status`), least first. */
export const RULE_STATUSES = ['unsupported', 'deprecated', 'experimental', 'test', 'stable'] as const;
export type RuleStatus = (typeof RULE_STATUSES)[number];

export const isRuleStatus = (value: unknown): value is RuleStatus =>
  (RULE_STATUSES as readonly unknown[]).includes(value);
