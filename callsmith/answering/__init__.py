"""How calls are answered without reaching out: rules, samples, faults, templates. Pure."""
