"""What device calls and the admin API both stand on: who is calling, logins, profiles, tokens."""
