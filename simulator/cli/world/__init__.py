"""What is in a running simulator, and what can become of it: a file for each group of verbs."""
