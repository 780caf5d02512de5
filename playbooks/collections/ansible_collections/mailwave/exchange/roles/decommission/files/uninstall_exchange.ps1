# Uninstalls Exchange from this server, where it is there. Setup looks at its own prerequisites first and says in its
# exit code how it ended. A Setup that is running already, of an earlier run that was cut off, is waited for.
[CmdletBinding(SupportsShouldProcess)]
param()

$key = 'HKLM:\SOFTWARE\Microsoft\ExchangeServer\v15\Setup'
function Get-Folder {
    (Get-ItemProperty -LiteralPath $key -Name MsiInstallPath -ErrorAction SilentlyContinue).MsiInstallPath
}

Get-Process -Name ExSetup, Setup -ErrorAction SilentlyContinue | Wait-Process
$folder = Get-Folder
$Ansible.Changed = [bool]$folder
$Ansible.Result = if ($folder) { 'installed' } else { 'absent' }
if ($folder -and $PSCmdlet.ShouldProcess($env:COMPUTERNAME, 'Uninstall Exchange')) {
    $setup = Join-Path -Path $folder -ChildPath 'bin\Setup.exe'
    $given = '/mode:Uninstall', '/IAcceptExchangeServerLicenseTerms_DiagnosticDataOFF'
    $ended = Start-Process -FilePath $setup -ArgumentList $given -Wait -PassThru
    if ($ended.ExitCode -ne 0) {
        throw "Setup ended with $($ended.ExitCode). Read C:\ExchangeSetupLogs\ExchangeSetup.log on the server."
    }
    if (Get-Folder) {
        throw 'Setup ended well, and Exchange is still installed.'
    }
    $Ansible.Result = 'absent'
}
