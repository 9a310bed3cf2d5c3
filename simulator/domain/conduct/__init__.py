"""What client apps do right and wrong, held against Adobe's public integration checklist."""
