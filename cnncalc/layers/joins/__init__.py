"""Several branches become one."""
