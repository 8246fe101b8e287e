"""Record what attempts brought, in one transaction with the alerts it causes."""
