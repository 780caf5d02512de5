# Counts who used which protocol, from the logs that the server keeps; reads only. A line of the result is of one
# account and one client: no address of a machine, no subject and no recipient leaves the server.
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)][string]$Since,
    [Parameter(Mandatory)][string]$Iis,
    [Parameter(Mandatory)][string]$Pop,
    [Parameter(Mandatory)][string]$Imap,
    [Parameter(Mandatory)][string]$Smtp
)

$first = [datetime]::ParseExact($Since, 'yyyy-MM-dd', [cultureinfo]::InvariantCulture)
$seen = @{}
$files = @{ iis = 0; pop = 0; imap = 0; smtp = 0 }
$unread = [System.Collections.Generic.List[string]]::new()

function Add-Use([string]$Log, [string]$Account, [string]$Client, [string]$Agent, [string]$Tls, [string]$Day) {
    if ($Day -lt $Since) { return }
    $key = (@($Log, $Account.ToLowerInvariant(), $Client, $Agent, $Tls) -replace "`t", ' ') -join "`t"
    if (-not $seen.ContainsKey($key)) { $seen[$key] = @(0, $Day) }
    $seen[$key][0]++
    if ($Day -gt $seen[$key][1]) { $seen[$key][1] = $Day }
}

# Exchange and IIS hold the log of the day open, so it is opened as they allow.
function Read-Log([string]$Log, [string]$Folder, [string]$Pattern, [scriptblock]$Heading, [scriptblock]$Line) {
    if (-not (Test-Path -LiteralPath $Folder -PathType Container)) { return }
    foreach ($file in Get-ChildItem -LiteralPath $Folder -Filter $Pattern -File | Sort-Object -Property Name) {
        if ($file.LastWriteTimeUtc -lt $first) { continue }
        $files[$Log]++
        $stream = [System.IO.File]::Open($file.FullName, 'Open', 'Read', 'ReadWrite, Delete')
        $reader = [System.IO.StreamReader]::new($stream)
        try {
            $places = $null
            while ($null -ne ($text = $reader.ReadLine())) {
                if ($text.StartsWith('#Fields:')) { $places = & $Heading $text.Substring(8).Trim() }
                elseif (-not $text -or $text.StartsWith('#')) { continue }
                elseif ($null -eq $places) { $unread.Add($file.Name); break }
                else { & $Line $text $places $Log }
            }
        }
        finally { $reader.Dispose() }
    }
}

$iisHeading = {
    param($fields)
    $names = $fields -split ' '
    $places = @{ cells = $names.Count }
    foreach ($name in 'date', 'cs-uri-stem', 'cs-username', 'cs(User-Agent)', 'crypt-protocol') {
        $places[$name] = [array]::IndexOf($names, $name)
    }
    if (($places['date'], $places['cs-uri-stem'], $places['cs-username'], $places['cs(User-Agent)']) -contains -1) { return $null }
    $places
}
$iisLine = {
    param($text, $places)
    $cells = $text -split ' '
    if ($cells.Count -ne $places['cells']) { return }
    $account = $cells[$places['cs-username']]
    if ($account -eq '-') { return }
    $client = ($cells[$places['cs-uri-stem']] -split '/')[1].ToLowerInvariant()
    $agent = if ($client -in 'owa', 'ecp') { $cells[$places['cs(User-Agent)']] } else { '-' }
    $tls = if ($places['crypt-protocol'] -ge 0) { $cells[$places['crypt-protocol']] } else { '-' }
    Add-Use 'web' $account $client $agent $tls $cells[$places['date']]
}

$mailHeading = {
    param($fields)
    if ($fields -like 'dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context*') { @{} }
}
$mailLine = {
    param($text, $places, $protocol)
    $cells = $text.Split(',', 12)
    if ($cells.Count -lt 12 -or -not $cells[5]) { return }
    if ($cells[9] -notin 'pass', 'auth', 'login', 'authenticate' -or $cells[11] -notmatch '^"?R=ok') { return }
    Add-Use $protocol $cells[5] '-' '-' '-' $cells[0].Substring(0, 10)
}

$smtpHeading = {
    param($fields)
    if ($fields -eq 'date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context') { @{} }
}
$smtpLine = {
    param($text, $places)
    $cells = $text.Split(',', 9)
    if ($cells.Count -lt 9 -or $cells[6] -ne '*') { return }
    if ($cells[8] -match 'TLS protocol (SP_PROT_[A-Z0-9_]+) negotiation succeeded') {
        $places[$cells[2]] = $Matches[1]
        return
    }
    $account = if ($cells[8] -eq 'authenticated') { $cells[7] }
    elseif ($cells[8] -match 'Session for ?(\S+) will now be proxied') { $Matches[1] }
    if (-not $account) { return }
    $tls = if ($places.ContainsKey($cells[2])) { $places[$cells[2]] } else { '-' }
    Add-Use 'smtp' $account '-' '-' $tls $cells[0].Substring(0, 10)
}

Read-Log 'iis' $Iis 'u_ex*.log' $iisHeading $iisLine
Read-Log 'pop' $Pop 'POP3*.LOG' $mailHeading $mailLine
Read-Log 'imap' $Imap 'IMAP4*.LOG' $mailHeading $mailLine
Read-Log 'smtp' $Smtp 'RECV*.LOG' $smtpHeading $smtpLine

$rows = foreach ($key in $seen.Keys | Sort-Object) { "$key`t$($seen[$key][0])`t$($seen[$key][1])" }
$Ansible.Changed = $false
$Ansible.Result = @{ files = $files; unread = @($unread); rows = @($rows) -join "`n" }
