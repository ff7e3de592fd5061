"""The records that platforms push: fields, decoding, merging, and what is derived from them."""
