"""How long a plan takes: what each gate needs to decide, from the statistics of the gates themselves."""
