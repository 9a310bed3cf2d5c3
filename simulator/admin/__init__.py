"""The admin API, /admin/v1: JSON in and out, one error shape, a failed call changes nothing."""
