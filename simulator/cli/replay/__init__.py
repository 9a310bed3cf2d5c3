"""Running a bundle again, and telling where the answers differ."""
