"""The Azure platform of one environment: where evidence and secrets are kept."""
