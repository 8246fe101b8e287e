"""Record what looks brought, in one transaction with the alerts it causes."""
