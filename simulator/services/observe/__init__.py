"""What is seen of a sandbox: its journal, events, conduct, board, bundles, metrics."""
