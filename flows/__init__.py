"""What runs, when and after what: the only package that joins the others, and knows Prefect.

Plain functions (``walk``, ``saved``, ``delivery``) do the work; the Prefect flows are thin
wrappers beside them, imported only where a flow runs.
"""
