# Uninstalls Exchange from this server, where it is there. Setup looks at its own prerequisites first and says in its
# exit code how it ended. A Setup that is running already, of an earlier run that was cut off, is waited for; none is
# waited for longer than $longest, nor ended: half an uninstallation is worse than a late one.
[CmdletBinding(SupportsShouldProcess)]
param()

$longest = [timespan]::FromMinutes(45) # a play may take an hour
$ends = [datetime]::UtcNow + $longest
$key = 'HKLM:\SOFTWARE\Microsoft\ExchangeServer\v15\Setup'
function Get-Folder {
    (Get-ItemProperty -LiteralPath $key -Name MsiInstallPath -ErrorAction SilentlyContinue).MsiInstallPath
}
function Get-Setup {
    Get-Process -Name ExSetup, ExSetupUI, Setup -ErrorAction SilentlyContinue
}
function Wait-Setup {
    while (Get-Setup) {
        if ([datetime]::UtcNow -ge $ends) {
            throw "Setup still runs after $longest, and goes on. Make the step again, which waits for it."
        }
        Start-Sleep -Seconds 10
    }
}

Wait-Setup
$folder = Get-Folder
$Ansible.Changed = [bool]$folder
$Ansible.Result = if ($folder) { 'installed' } else { 'absent' }
if ($folder -and $PSCmdlet.ShouldProcess($env:COMPUTERNAME, 'Uninstall Exchange')) {
    $setup = Join-Path -Path $folder -ChildPath 'bin\Setup.exe'
    $given = '/mode:Uninstall', '/IAcceptExchangeServerLicenseTerms_DiagnosticDataOFF'
    $started = Start-Process -FilePath $setup -ArgumentList $given -PassThru
    $null = $started.Handle # without it the exit code is lost with the process
    Wait-Setup
    if (-not $started.WaitForExit(10000)) {
        throw 'Setup has gone from the list of processes and has not said how it ended. Make the step again.'
    }
    if ($started.ExitCode -ne 0) {
        throw "Setup ended with $($started.ExitCode). Read C:\ExchangeSetupLogs\ExchangeSetup.log on the server."
    }
    if (Get-Folder) {
        throw 'Setup ended well, and Exchange is still installed.'
    }
    $Ansible.Result = 'absent'
}
