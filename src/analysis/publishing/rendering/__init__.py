"""From an edition's project to pages."""
