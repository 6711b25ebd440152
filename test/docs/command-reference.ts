import { help } from '../../src/app/cli.ts';
import { allCommands } from '../../src/app/commands/index.ts';

export async function commandReference(): Promise<string> {
  const commands = await allCommands();
  const sections = commands.map((command) => `## porchlight ${command.name}\n\n\`\`\`text\n${help(command)}\n\`\`\`\n`);
  return `# Commands\n\nGenerated from the commands themselves. In a checkout, \`./porchlight COMMAND\` is the same.\n\n${sections.join('\n')}`;
}
