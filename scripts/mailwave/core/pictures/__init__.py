"""Pictures of a plan: as SVG that needs nothing beside itself, and as letters for a terminal."""
