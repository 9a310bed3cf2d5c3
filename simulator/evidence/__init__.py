"""What is claimed of the backend: statements of its pages, each proven, or known to differ, or open."""
