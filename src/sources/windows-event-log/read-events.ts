/**
 * The part that only Windows can run: what PowerShell (5.1, which comes with Windows) is told to do, and how it is started.
 *
 * It reads each channel from its query on, then from the bookmark of the last event; in between it sleeps until a watcher rings or two seconds
 * have gone. Watchers only ring while it sleeps: their events pile up in memory, and it may be held up for long.
 * It says, a line each:  R  ready · E i XML  event of channel i · S i OLDEST COUNT  caught up · X i KIND WHY  fault.
 * XML and reasons are Base64 of UTF-8: whatever encoding a console has, this gets through. Its output breaks when we are gone, and it ends.
 */
const SCRIPT = `
$ErrorActionPreference = 'Stop'
$ns = 'System.Diagnostics.Eventing.Reader.'
$out = New-Object IO.StreamWriter([Console]::OpenStandardOutput(), (New-Object Text.ASCIIEncoding))
function Pack([string]$text) { [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($text)) }
function NewQuery($name, $xpath) { New-Object ($ns + 'EventLogQuery') $name, ([Diagnostics.Eventing.Reader.PathType]::LogName), $xpath }
function NewReader($query, $mark) {
  if ($mark) { New-Object ($ns + 'EventLogReader') $query, $mark } else { New-Object ($ns + 'EventLogReader') $query }
}
function Newest($name) {
  $query = NewQuery $name '*'
  $query.ReverseDirection = $true
  $reader = NewReader $query $null
  try { $record = $reader.ReadEvent(); if ($record) { $record.Bookmark; $record.Dispose() } } finally { $reader.Dispose() }
}
function ReadChannel($i, $c) {
  $last = $null
  if ($c.Mark) { $reader = NewReader (NewQuery $c.Name '*') $c.Mark }
  else {
    $last = Newest $c.Name
    $reader = NewReader (NewQuery $c.Name $c.XPath) $null
  }
  try {
    while ($record = $reader.ReadEvent()) {
      $out.WriteLine("E $i " + (Pack $record.ToXml()))
      $c.Mark = $record.Bookmark
      $record.Dispose()
    }
  } finally { $reader.Dispose() }
  if (-not $c.Mark) { $c.Mark = $last }
  try { $info = $session.GetLogInformation($c.Name, [Diagnostics.Eventing.Reader.PathType]::LogName) } catch { $info = $null }
  $out.WriteLine("S $i $($info.OldestRecordNumber) $($info.RecordCount)")
}
function TellFault($i, $problem) {
  while ($problem.InnerException) { $problem = $problem.InnerException }
  $kind = 'failed'
  if ($problem -is [Diagnostics.Eventing.Reader.EventLogNotFoundException]) { $kind = 'missing' }
  if ($problem -is [UnauthorizedAccessException]) { $kind = 'denied' }
  $out.WriteLine("X $i $kind " + (Pack $problem.Message))
}
$session = New-Object ($ns + 'EventLogSession')
$channels = @($env:PORCHLIGHT_CHANNELS.Split([char]10) | ForEach-Object {
  $name, $xpath = $_.Split([char]9)
  @{ Name = $name; XPath = $xpath; Mark = $null; Watcher = $null; Again = [DateTime]::MinValue }
})
$out.WriteLine('R')
$out.Flush()
while ($true) {
  for ($i = 0; $i -lt $channels.Count; $i++) {
    $c = $channels[$i]
    if ([DateTime]::UtcNow -lt $c.Again) { continue }
    try {
      ReadChannel $i $c
      if (-not $c.Watcher) {
        $c.Watcher = New-Object ($ns + 'EventLogWatcher') (NewQuery $c.Name '*')
        [void](Register-ObjectEvent $c.Watcher EventRecordWritten)
      }
      $c.Watcher.Enabled = $true
    } catch {
      TellFault $i $_.Exception
      $c.Again = [DateTime]::UtcNow.AddSeconds(30)
    }
  }
  $out.Flush()
  if (Wait-Event -Timeout 2) { Start-Sleep -Milliseconds 100 }
  foreach ($c in $channels) { if ($c.Watcher) { $c.Watcher.Enabled = $false } }
  Get-Event | Remove-Event
}
`;

/** The script goes by the environment: no file that somebody could change, no quotes to get wrong, nothing encoded that looks like an attack. */
export const POWERSHELL = {
  path: `${process.env['SystemRoot'] ?? 'C:\\Windows'}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`,
  args: ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command', '& ([ScriptBlock]::Create($env:PORCHLIGHT_SCRIPT))'],
  environment: { PORCHLIGHT_SCRIPT: SCRIPT },
} as const;
export const WEVTUTIL = `${process.env['SystemRoot'] ?? 'C:\\Windows'}\\System32\\wevtutil.exe`;
