import { ERRORS } from '#contract';

export function errorReference(): string {
  const sections = Object.entries(ERRORS).map(
    ([code, { status, title, cause, next }]) =>
      `## ${code}\n\n${title}.${status === 0 ? '' : ` HTTP ${status}.`}\n\n- Why: ${cause}\n- What to do: ${next}\n`,
  );
  return `# Errors\n\nEvery error has a code that never changes. Over HTTP it stands in \`code\` of the problem document (RFC 9457).\n\n${sections.join('\n')}`;
}
