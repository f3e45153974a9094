"""Networks, each with what was found in it, in; a page of sections that stands alone out."""
