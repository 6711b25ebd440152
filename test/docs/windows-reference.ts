/** `docs/windows-events.md`: in which shapes Windows events are understood, and which of them are told in words. */
import { PROVIDERS } from '../../src/normalize/windows/providers.ts';

const ids = (events: Readonly<Record<number, { readonly action: string }>>): string =>
  Object.entries(events)
    .map(([code, { action }]) => `${code} ${action.replaceAll('|', '\\|')}`)
    .join(', ');

export function windowsReference(): string {
  const rows = PROVIDERS.map(({ names, events }) => `| ${names.join('<br>')} | ${ids(events)} |`);
  const kinds = PROVIDERS.reduce((sum, { events }) => sum + Object.keys(events).length, 0);
  return `# Windows events

The table is generated from the code: ${kinds} kinds of events are told in a sentence. All others keep their data, their channel's log source and
Windows' own text, where the sender has it.

## How they come in

\`\`\`sh
evtx_dump -o jsonl Security.evtx | porchlight parse --type winlog
\`\`\`

It does not matter who wrote an event down. These are recognised by their shape, with no \`type\`, as lines of files, behind a syslog envelope, or posted to
\`/api/logs\`, and give the same event:

- evtx_dump, xmltodict and python-evtx, Velociraptor: \`Event.System\` and \`Event.EventData\` or \`UserData\`
- Winlogbeat 5 to 8: \`winlog.event_id\`, \`winlog.event_data\`
- NXLog, Fluent Bit and others that put envelope and data side by side: \`EventID\`, \`Channel\`, \`TargetUserName\`
- Wazuh: \`win.system\`, \`win.eventdata\`
- the XML that Windows renders, and that of Sysmon for Linux
- the Security log as English text, as OSSEC, Snare, Evtsys and NXLog put it into syslog: log-ons, accounts, groups, processes, Kerberos

## What an event has

- \`message\`: one sentence. \`event.action\`, \`event.category\`, \`event.type\`, \`event.outcome\` and all other names are those of ECS and of Elastic's Windows modules.
- \`user.*\` is who acts; for a log-on, who comes. \`user.target.*\` is the account that something is done to, \`user.effective.*\` the one that is acted as,
  \`group.*\` the group.
- Data with an ECS name for the same value is there alone: \`process.executable\`, \`process.command_line\`, \`file.path\`. Everything else is under
  \`winlog.event_data.\` by Windows' name, as text: \`winlog.event_data.LogonType:3\`. Blanks in a name are left out, GUIDs are in braces and in lower case.
- Text without a name is \`winlog.event_data.Data\`, in the channel System \`param1\`, \`param2\` and so on.
- The log source, for Sigma rules: product \`windows\`, the channel's service (\`security\`, \`system\`, \`sysmon\`, \`powershell\` …), and a category where there is one
  (\`process_creation\`, \`registry_set\`, \`ps_script\` …).
- Only what the audit itself calls a failure, or an attempt that failed, has \`event.outcome:failure\`.

## Providers

| provider | events |
| --- | --- |
${rows.join('\n')}
`;
}
