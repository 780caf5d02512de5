"""Stand-ins for the Pulumi providers azure-native and azuread, whose objects live in `rehearsal.cloud`."""
