<#
.SYNOPSIS
Gathers on a Windows device what mde-readiness asks and no fleet export carries; writes JSON lines, named by the host.
.DESCRIPTION
Reads only, needs no module, and asks the network only by testing whether hosts of the service answer. No organisation
id, onboarding data, user or address of the device is written. For Windows PowerShell 5.1 and PowerShell 7, of 64 bits.
Exit codes: 0 written (standard error tells what was left out), 1 not written. Guide: docs/collectors.md.
.PARAMETER Geo
Geography of the tenant's data, which chooses the hosts of the service that are tested.
.PARAMETER AlsoTest
More hosts to test on port 443.
.PARAMETER OutputFolder
Where the file goes; "-" is standard output.
.PARAMETER SkipUrls
Test no hosts.
#>
[CmdletBinding()]
param(
    [ValidateSet('us', 'eu', 'uk', 'au')][string]$Geo = 'us',
    [ValidatePattern('^[A-Za-z0-9.-]+$')][string[]]$AlsoTest = @(),
    [string]$OutputFolder = '.',
    [switch]$SkipUrls
)
$ErrorActionPreference = 'Stop'
function Write-Note([string]$Text) { [Console]::Error.WriteLine("Get-MdeReadiness.ps1: $Text") }
if ($env:PROCESSOR_ARCHITEW6432) { Write-Note 'run this in 64-bit PowerShell'; exit 1 }
function Read-Safely([string]$What, [scriptblock]$Read) {
    try { & $Read } catch { Write-Note "left out: $What ($($_.Exception.GetType().Name))" }
}
function Get-Value([string]$Key, [string]$Name) {
    (Get-ItemProperty -LiteralPath "HKLM:\$Key" -ErrorAction Ignore).$Name
}
function Get-Utc([datetime]$Time) { $Time.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ') }
function Get-Flag($Number) { if ($null -ne $Number) { $Number -eq 1 } }

# The device and its operating system.
$sense = 'SOFTWARE\Microsoft\Windows Advanced Threat Protection'
$policy = 'SOFTWARE\Policies\Microsoft\Windows'
$current = 'SOFTWARE\Microsoft\Windows NT\CurrentVersion'
$edition = Get-Value $current 'EditionID'
$installation = Get-Value $current 'InstallationType'
$name = Get-Value $current 'DisplayVersion'
$architecture = Get-Value 'SYSTEM\CurrentControlSet\Control\Session Manager\Environment' 'PROCESSOR_ARCHITECTURE'
$system = Read-Safely 'hardware' { Get-CimInstance Win32_ComputerSystem }
$os = Read-Safely 'start of Windows' { Get-CimInstance Win32_OperatingSystem }
$cores = Read-Safely 'cores' { [int](Get-CimInstance Win32_Processor | Measure-Object NumberOfCores -Sum).Sum }
$updates = Read-Safely 'updates' { @((Get-CimInstance Win32_QuickFixEngineering).HotFixID) -match '^KB\d+$' }
$ipv4 = Read-Safely 'IPv4' {
    (@((Get-CimInstance Win32_NetworkAdapterConfiguration).IPAddress) -match '^\d+\.').Count -gt 0
}
$join = Read-Safely 'how the device is joined' { dsregcmd.exe /status | Out-String }
$isEntra, $isDomain, $isUser = 'AzureAdJoined', 'DomainJoined', 'WorkplaceJoined' |
    ForEach-Object { $join -match "$_ : YES" }
$entraId = if ($isEntra -and $join -match '(?m)^\s*DeviceId : ([0-9a-fA-F-]{36})\s*$') { $Matches[1] }
$joinType = if ($isEntra -and $isDomain) { 'hybrid-joined' } elseif ($isEntra) { 'entra-joined' }
    elseif ($isUser) { 'entra-registered' } elseif ($isDomain) { 'domain-joined' }
    elseif ($join -match 'WorkplaceJoined : NO') { 'workgroup' } # told to users only: the system does not know
$enrolled = Read-Safely 'enrolment' {
    @(Get-ChildItem 'HKLM:\SOFTWARE\Microsoft\Enrollments' | Where-Object {
        $_.GetValue('ProviderID') -eq 'MS DM Server' -and $_.GetValue('EnrollmentState') -eq 1 }).Count -gt 0
}

# The sensor and the antivirus. Of the onboarding data only one word is kept: whether it is of the streamlined kind.
$service = Read-Safely 'sensor' { Get-CimInstance Win32_Service -Filter "Name='Sense'" }
$mma = @(Get-Process MsSenseS -ErrorAction Ignore)
$version = Read-Safely 'version of the sensor' {
    $file = if ($mma) { $mma[0].Path } elseif ($service) { $service.PathName -replace '^"([^"]*)".*', '$1' }
    if ($file) {
        $info = (Get-Item -LiteralPath $file).VersionInfo
        '{0}.{1}.{2}.{3}' -f $info.FileMajorPart, $info.FileMinorPart, $info.FileBuildPart, $info.FilePrivatePart
    }
}
$state = Get-Value "$sense\Status" 'OnboardingState'
$isRunning = if ($service) { $service.State -eq 'Running' }
$onboarding = if ($state -eq 1 -and $isRunning) { 'onboarded' } elseif ($state -eq 0) { 'can-be-onboarded' }
$connected = Read-Safely 'last contact' {
    $fileTime = Get-Value "$sense\Status" 'LastConnected'
    if ($fileTime) { Get-Utc ([datetime]::FromFileTimeUtc($fileTime)) }
}
$package = Read-Safely 'package' {
    if ($info = Get-Value $sense 'OnboardedInfo') {
        $body = ($info | ConvertFrom-Json).body | ConvertFrom-Json
        "$($body.partnerGeoLocation)" -like 'GW_*' -or
            "$($body.geoLocationUrl)" -match '^https://[\w.-]+\.endpoint\.security\.microsoft\.(com|us)(/|$)'
    }
}
$av = Read-Safely 'antivirus' { Get-MpComputerStatus }
$proxy = Get-Value "$policy\DataCollection" 'TelemetryProxyServer'

$same = [ordered]@{ mde_readiness = 'device/v1'; device = [Net.Dns]::GetHostName(); collected_at = Get-Utc (Get-Date)
    mde_id = Get-Value $sense 'senseId'; entra_id = $entraId }
$device = $same + [ordered]@{
    'os.family' = 'windows'; 'os.build' = Get-Value $current 'CurrentBuildNumber'; 'os.ubr' = Get-Value $current 'UBR'
    'os.version_name' = $(if ($name) { $name } else { Get-Value $current 'ReleaseId' })
    'os.edition' = $edition; 'os.role' = $installation; 'os.installation' = $installation
    'os.long_term' = $(if ($edition) { $edition -match '^(IoT)?EnterpriseS(N|K)?(Eval)?$' })
    'os.azure_stack_hci' = $(if ($edition) { $edition -like '*AzureStackHCI*' })
    'os.architecture' = $architecture
    'device.booted_at' = $(if ($os) { Get-Utc $os.LastBootUpTime })
    'device.join_type' = $joinType; 'device.enrolled_mdm' = $enrolled; 'device.ipv4' = $ipv4
    'device.last_seen' = $connected; 'hardware.cores' = $cores
    'hardware.memory_mb' = $(if ($system) { [int]($system.TotalPhysicalMemory / 1048576) })
    'updates.kbs' = $updates
    'agent.version' = $version; 'agent.mma_installed_sensor' = $mma.Count -gt 0
    'sensor.running' = $isRunning; 'sensor.onboarding_state' = $state; 'onboarding.status' = $onboarding
    # The registry changes before the restart: it proves the package, and only without one where the device connects.
    'package.applied' = $package
    'connectivity.evidence' = $(if ($state -eq 1 -and $package -eq $false) { 'standard' })
    'av.platform' = $av.AMProductVersion; 'av.engine' = $av.AMEngineVersion
    'av.intelligence' = $av.AntivirusSignatureVersion; 'av.mode' = $av.AMRunningMode
    'proxy.static_edr' = $(if ($proxy) { $proxy -replace '^.*@' } else { 'none' })
    'proxy.enterprise_auth_disabled' = Get-Flag (Get-Value "$policy\DataCollection" 'DisableEnterpriseAuthProxy')
    'proxy.prefer_static' = Get-Flag (Get-Value "$policy Advanced Threat Protection" 'PreferStaticProxyForHttpRequest')
}

# What answers, asked by WinHTTP as the sensor does. Hosts that stand for a wildcard are there as of November 2026.
$regions = @{ us = 'cus', 'eus', 'cus3', 'eus3'; eu = 'weu', 'neu', 'weu3', 'neu3'
    uk = 'uks', 'ukw'; au = 'aus', 'aue' }
$domain = 'endpoint.security.microsoft.com'
$urls = @("https://mdav.$Geo.$domain/mdav/test") +
    ($regions[$Geo] | ForEach-Object { "https://edr-$_.$Geo.$domain/edr/commands/test" }) +
    ('go.microsoft.com', 'definitionupdates.microsoft.com', 'www.microsoft.com', 'fe2cr.update.microsoft.com',
    'fe3cr.delivery.mp.microsoft.com', 'catalog.s.download.windowsupdate.com', 'nav.smartscreen.microsoft.com',
    'unitedstates.smartscreen-prod.microsoft.com',
    'enterpriseregistration.windows.net', 'login.microsoftonline.com', 'discovery.dm.microsoft.com' + $AlsoTest |
    ForEach-Object { "https://$_/" }) + 'http://crl.microsoft.com/pki/crl/products/MicRooCerAut2011_2011_03_22.crl',
    'http://ctldl.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootstl.cab',
    'http://www.microsoft.com/pkiops/crl/MicSecSerCA2011_2011-10-18.crl'
$byCode = @{ '80072EE7' = '', 'dns'; '80072EE2' = 'blocked', 'timeout'; '80072EFD' = 'blocked', 'refused'
    '80072EFE' = 'blocked', 'reset'; '80072EFF' = 'blocked', 'reset'
    '80072F8F' = '', 'certificate'; '80072F7D' = '', 'tls' }
$isSystem = [Security.Principal.WindowsIdentity]::GetCurrent().IsSystem
$winHttp = Get-Value 'SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections' 'WinHttpSettings'
$via = if ($proxy) { 'named_proxy' } elseif ($winHttp -and $winHttp[8] -band 2) { 'system_proxy' } else { 'direct' }
function Test-Url([string]$Url) {
    $isService = $Url -like "https://*.$domain/*"
    $result, $errorWord, $status = 'reachable', '', $null
    try {
        $http = New-Object -ComObject WinHttp.WinHttpRequest.5.1
        $http.SetTimeouts(5000, 8000, 8000, 8000)
        if ($proxy) { $http.SetProxy(2, ($proxy -replace '^.*@')) }
        $http.Option(6) = $false # no redirects
        $http.Option(9) = 2048 # TLS 1.2, which older WinHTTP does not offer by itself
        $http.Open('GET', $Url, $false)
        $http.SetAutoLogonPolicy(2) # no credentials for a proxy: the sensor has none
        $http.Send()
        $status = [int]$http.Status
        # Over plain HTTP a proxy's page for people looks like an answer; lists of certificates are no pages.
        $isPage = $http.GetAllResponseHeaders() -match '(?im)^content-type:.*html'
        if ($Url -like 'http:*' -and ($isPage -or ($status -ge 300 -and $status -lt 400))) { $result = '' }
    } catch {
        $found = $byCode['{0:X8}' -f $_.Exception.GetBaseException().HResult]
        $result, $errorWord = if ($found) { $found } else { 'not_tested', '' }
        # The agent pins its service's certificates; elsewhere a refused one or a name that is gone proves nothing.
        if ($isService -and $errorWord -eq 'dns') { $result = 'blocked' }
        if ($isService -and $errorWord -in 'certificate', 'tls') { $result = 'tls_error' }
    }
    $same + [ordered]@{ url = $Url; port = ([uri]$Url).Port; method = $(if ($isSystem) { 'system' } else { 'winhttp' })
        via = $via; result = $result; http_status = $status; error = $errorWord }
}
$records = @($device) + @(if (-not $SkipUrls) { $urls | ForEach-Object { Test-Url $_ } })
if (-not $isSystem -and -not $SkipUrls) { Write-Note 'left out: tests as the system (run as SYSTEM)' }
$lines = foreach ($record in $records) {
    $said = [ordered]@{} # what is null says nothing
    foreach ($key in $record.Keys) { if ($null -ne $record[$key]) { $said[$key] = $record[$key] } }
    ConvertTo-Json $said -Compress -Depth 3
}
$text = $lines -join "`n"
if ($OutputFolder -eq '-') { $text; exit 0 }
try {
    $folder = (Resolve-Path -LiteralPath $OutputFolder).ProviderPath
    $file = Join-Path $folder (($same.device -replace '[^A-Za-z0-9._-]', '_') + '.ndjson')
    [IO.File]::WriteAllText($file, "$text`n", (New-Object Text.UTF8Encoding $false))
} catch { Write-Note "cannot write to $OutputFolder"; exit 1 }
