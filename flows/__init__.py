"""What Prefect runs, and when: the only package that knows Prefect; the work is in services.

Plain functions (``walk``, ``saved``, ``delivery``) do the work; the Prefect flows are thin
wrappers beside them, imported only where a flow runs.
"""
