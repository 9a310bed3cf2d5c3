"""Single sign-on: identities in headers, partners, SAML, the SSO service."""
