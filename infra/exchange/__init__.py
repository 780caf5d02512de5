"""The Pulumi provider for Exchange Online, and the typed classes of its resources."""
