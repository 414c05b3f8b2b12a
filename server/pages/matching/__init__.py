"""The pages of matching: runs for coordinators, lists to rank for everybody else."""
