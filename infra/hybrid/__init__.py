"""Exchange Online of one environment, while the estate lives on both sides."""
