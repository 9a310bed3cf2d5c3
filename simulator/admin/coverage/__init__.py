"""`/admin/v1/coverage`, and its reports for pipelines and people."""
