import { CodedError, type RuleProblem } from '#contract';

const NAMED = 5;

/** A rule that somebody sent cannot be compiled. The problem document says where, in words and under `problems`. */
export class RuleRefused extends CodedError {
  readonly problems: readonly RuleProblem[];
  constructor(problems: readonly RuleProblem[]) {
    super('BAD_RULE', problems.slice(0, NAMED).map(placed).join(' '));
    this.problems = problems;
  }
}

const placed = ({ line, column, reason }: RuleProblem): string =>
  `Line ${line}${column === undefined ? '' : `, column ${column}`}: ${reason.replace(/[.\s]*$/, '')}.`;
