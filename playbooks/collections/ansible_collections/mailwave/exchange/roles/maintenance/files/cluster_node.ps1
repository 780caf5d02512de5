[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)][string]$Name,
    [Parameter(Mandatory)][ValidateSet('Paused', 'Up')][string]$State
)

$found = [string](Get-ClusterNode -Name $Name -ErrorAction Stop).State
$Ansible.Changed = $found -ne $State
if ($Ansible.Changed -and $PSCmdlet.ShouldProcess($Name, $State)) {
    if ($State -eq 'Paused') {
        $null = Suspend-ClusterNode -Name $Name -ErrorAction Stop
    }
    else {
        $null = Resume-ClusterNode -Name $Name -ErrorAction Stop
    }
    $found = [string](Get-ClusterNode -Name $Name -ErrorAction Stop).State
    if ($found -ne $State) {
        throw "The cluster node $Name is $found, not $State."
    }
}
$Ansible.Result = $found
