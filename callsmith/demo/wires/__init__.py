"""The wire formats the demo provider speaks, one file each besides ``base``: a new one touches nothing else."""
