"""Networks measured on this machine, slice by slice, as a page of docs/measurements."""
