"""The simulated estate: everything outside mailwave, on loopback, in virtual time."""
