/** What somebody who wonders about a silent rule wants to know: it is loaded, but not all that it says has an effect here. */
import type { RuleProblem } from '#contract';
import type { LogSource } from './logsource.ts';
import type { RuleText } from './rule.ts';
import type { Expression } from './sigma/expression.ts';
import { missingFields } from './sigma/possible.ts';
import { shown } from './sigma/refusal.ts';

interface Remarkable {
  readonly text: RuleText;
  readonly source: LogSource;
  readonly expression: Expression;
}

function reasons({ text, source, expression }: Remarkable): readonly string[] {
  const missing = missingFields(expression, source);
  const where = [source.product, source.category, source.service].filter((word) => word !== '').join(' ');
  const scope = text.content['scope'];
  return [
    ...(missing === undefined ? [] : [`cannot fire here: events of ${where} have no ${missing.join(', ')}`]),
    ...(scope === undefined ? [] : [`scope ${shown(scope)} is not looked at: the rule runs for every machine`]),
  ];
}

export function remarks(rule: Remarkable): readonly RuleProblem[] {
  const { document, face } = rule.text;
  return reasons(rule).map((reason) => ({ file: document.file, line: document.line, title: face.title, reason }));
}
